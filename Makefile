# 挂图 Guatu. `make` alone lists what can be made.

PORT ?= 8000
TLS ?=
PYTHON ?= $(shell for each in python3.11 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)

# The tree's own commands come first: Python's, then Node's when the machine has none, then the npm packages'.
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.venv-node/tools:$(CURDIR)/node_modules/.bin:$(PATH)
export PYTHONUNBUFFERED := 1
# Whoever has it set would have each process compile anew all it imports: 2.3 s to start instead of 0.9.
export PYTHONDONTWRITEBYTECODE :=

STEP := python -m setup.step
PURE := $(wildcard tests/geo tests/rules tests/ingest tests/exports)
TYPED := $(foreach each,server mobile_stub setup tests bench,\
	$(if $(wildcard $(each)/*.py $(each)/*/*.py),$(each))) $(wildcard wsgi.py)

.DEFAULT_GOAL := help
.PHONY: help demo test crash search fast check check-types check-rest setup setup-run python bundle format docs parcel lock clean

help: ## 列出所有目标 / list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup-run ## 安装并运行演示县(PORT=8000,TLS=1 为 HTTPS) / set up and run a demonstration county
	@exec flask --app wsgi demo run --port $(PORT) $(if $(TLS),--tls)

test: check ## 安装并运行全部检查与测试(两种数据库) / set up, run every check and test on both databases
	@pytest -n 3 --dist worksteal

crash: setup ## 在混合负载下杀死一百次(不属于 test) / kill it a hundred times under mixed load (no part of test)
	@python -m bench.crash

search: setup ## 用新的随机例子查找性质的反例(不属于 test) / look for what breaks a property, with new examples (no part of test)
	@pytest -n 2 --hypothesis-profile=searched $(PURE)

fast: check ## 格式、静态检查与纯函数测试 / the checks and the tests that need no database
	@$(if $(PURE),pytest -q $(PURE))

check: setup ## 格式、静态检查、类型、楼层 / formatting, lint, types, floors
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=line check-types check-rest

check-types:
	@$(STEP) "类型 / types" mypy $(TYPED)

check-rest: # beside the types, which take as long as all of these
	@$(STEP) "格式 / formatting" ruff format --check .
	@$(STEP) "静态检查 / lint" ruff check .
	@$(STEP) "楼层 / floors" lint-imports
	@$(STEP) "密钥与软件包 / secrets and packages" python -m setup.scan
	@$(if $(wildcard server/web/static/src/*.js server/web/static/src/*/*.js),$(STEP) "页面类型 / types of the pages" tsc -p .)
	@$(if $(wildcard mobile_stub/webapp/src/*.js),$(STEP) "手机页面类型 / types of the phone" tsc -p mobile_stub/webapp)

setup: python ## 安装运行与测试所需的一切 / install all that running and testing need
	@$(PYTHON) -m setup test

setup-run: python
	@$(PYTHON) -m setup run

python:
	@test -n "$(PYTHON)" || { echo "找不到 Python 3.11 或更新版本:请先安装它。 / Python 3.11 or newer was not found: install it first." >&2; exit 1; }

bundle: setup-run ## 打包前端、编译译文 / bundle the pages and compile the translations

format: setup ## 改写为统一格式 / rewrite the sources in the one format
	@ruff check --fix-only --quiet . && ruff format --quiet .

docs: setup ## 由代码重写 docs/ 中的表格 / renew the tables in docs/ that are made from the code
	@flask --app wsgi docs write

parcel: setup-run ## 为没有网络的机器打包(FOLDER=…) / all that a machine without a network needs, in one folder
	@$(PYTHON) -m setup.parcel "$(FOLDER)"

lock: setup ## 重新锁定依赖版本 / pin the dependencies anew from requirements/*.in
	@python -m setup.lock

clean: ## 删除安装与生成的一切(不删数据) / remove what was installed and generated, never data
	@rm -rf .venv .venv-lock .venv-node .nginx node_modules server/web/static/dist mobile_stub/webapp/dist
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@find server -name '*.mo' -delete
