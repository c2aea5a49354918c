# Hai lệnh đủ dùng / two commands are enough:  make run   make test
# Needs Python 3.11 or newer and make; everything else is fetched into .venv.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
UV_VERSION := 0.13.9
UNITS_PACKAGE := vietnamadminunits==1.0.4

# One cache may lie on another disk than the project: copying is quiet where linking would warn.
export UV_LINK_MODE := copy
export PIP_DISABLE_PIP_VERSION_CHECK := 1

SYSTEM_PYTHON = $(shell for python in python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)

# $(call install,FILE): exactly what FILE names, each package held to its hash; plain pip where uv will not run.
define install
	@if $(UV) --version >/dev/null 2>&1; then \
		$(UV) pip install --quiet --python $(PY) --require-hashes -r $(1); \
	else \
		$(PY) -m pip install --quiet --require-hashes -r $(1); \
	fi
endef
step = @printf '\n\033[1m▸ %s\033[0m\n' "$(1)"

.PHONY: help run test bench format texts pictures lock units clean
.PHONY: check-format check-lint check-types check-layers check-suite check-journeys

help: ## Bảng này / this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.run ## Chạy ứng dụng tại http://127.0.0.1:8000 (HOST=… PORT=…) / serve the application
	$(call step,Chuẩn bị dữ liệu / preparing the data)
	@$(PY) -m flask --app wsgi setup
	$(call step,Khởi động máy chủ / starting the server)
	@exec $(PY) wsgi.py

test: check-format check-lint check-types check-layers check-suite check-journeys ## Kiểm tra tất cả / run every check
	$(call step,Tất cả đều đạt / all passed)

check-format: $(VENV)/.test ## Chỉ kiểm tra trình bày mã / formatting only
	$(call step,1/6 Trình bày mã / format (ruff))
	@$(VENV)/bin/ruff format --check .

check-lint: $(VENV)/.test ## Chỉ kiểm tra lỗi thường gặp / lint only
	$(call step,2/6 Lỗi thường gặp / lint (ruff))
	@$(VENV)/bin/ruff check .

check-types: $(VENV)/.test ## Chỉ kiểm tra kiểu / types only
	$(call step,3/6 Kiểu / types (mypy))
	@$(VENV)/bin/mypy

check-layers: $(VENV)/.test ## Chỉ kiểm tra các tầng / layers only
	$(call step,4/6 Các tầng / layers (import-linter))
	@$(VENV)/bin/lint-imports

check-suite: $(VENV)/.test ## Chỉ các phép thử, trên SQLite và PostgreSQL / the suite, on both databases
	$(call step,5/6 Các phép thử / the suite on SQLite and PostgreSQL)
	@$(PY) -m pytest -q -n 2 --dist worksteal -m "not browser"

check-journeys: $(VENV)/browser/ready ## Chỉ các hành trình trong trình duyệt / journeys in a browser
	$(call step,6/6 Hành trình trong trình duyệt / journeys in a real browser)
	@$(PY) -m pytest -q -n 2 -m browser

bench: $(VENV)/.test ## Đo tốc độ (only=TÊN people=SỐ) / measure speed
	@$(PY) -m benchmarks.run $(if $(only),--only $(only)) $(if $(people),--people $(people))

format: $(VENV)/.test ## Sửa trình bày mã / format the code
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

texts: $(VENV)/.test ## Gom câu chữ cần bản tiếng Anh / collect the texts that need their English
	@$(VENV)/bin/pybabel --quiet extract -F pyproject.toml -k _l -k lazy_gettext --no-location --sort-output \
		--project=ocop-lms --omit-header -o $(VENV)/texts.pot lms courses assessments certificates templates
	@$(VENV)/bin/pybabel --quiet update --locale en --no-fuzzy-matching --ignore-obsolete --omit-header \
		-i $(VENV)/texts.pot -o lms/core/translations/en.po

pictures: $(VENV)/browser/ready ## Chụp lại hình trong README / take the README's pictures anew
	@$(PY) -m docs.pictures.make

lock: $(VENV)/.tools ## Ghi lại phiên bản và mã băm / pin versions and hashes anew
	@for name in requirements requirements-test; do \
		$(UV) pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-emit-find-links --no-header $$name.in -o $$name.txt; \
	done

units: $(VENV)/.tools ## Làm lại dữ liệu đơn vị hành chính / make the units' data anew
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(PY) -m pip install --quiet --no-deps --target "$$folder" $(UNITS_PACKAGE); \
	$(PY) lms/registry/data/make_units.py "$$folder/vietnamadminunits/data"; \
	cp "$$folder"/vietnamadminunits-*.dist-info/licenses/LICENSE lms/registry/data/LICENSE.vietnamadminunits.txt

clean: ## Xoá mọi thứ dựng lại được; giữ dữ liệu trong instance/ / remove what can be made again; keeps instance/
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis bench-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. Each stamp is as new as the file that it was made from, so a second run does nothing.

$(VENV)/.tools: Makefile
	$(call step,Tạo môi trường Python / making the Python environment)
	@python='$(SYSTEM_PYTHON)'; \
	if [ -z "$$python" ]; then \
		echo 'Cần Python 3.11 trở lên / Python 3.11 or newer is needed:  sudo apt-get install python3 python3-venv'; \
		exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip' 2>/dev/null; then \
		package=$$($$python -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))'); \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "apt-get install $$package"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$package >/dev/null; \
		else \
			echo "Thiếu một gói; hãy chạy / one package is missing; run:  sudo apt-get install $$package"; \
			exit 1; \
		fi; \
	fi; \
	$$python -m venv $(VENV)
	@$(PY) -m pip install --quiet uv==$(UV_VERSION) || echo 'Không có uv, dùng pip (chậm hơn) / no uv here, using pip (slower)'
	@touch $@

$(VENV)/.run: requirements.txt $(VENV)/.tools
	$(call step,Cài các gói cần để chạy / installing what running needs)
	$(call install,requirements.txt)
	@touch $@

$(VENV)/.test: requirements-test.txt requirements.txt $(VENV)/.tools
	$(call step,Cài các gói cần để kiểm tra / installing what the checks need)
	$(call install,requirements-test.txt)
	@touch $@

$(VENV)/browser/ready: tests/support/browser.py $(VENV)/.test
	$(call step,Tìm hoặc tải trình duyệt / finding or fetching a browser)
	@$(PY) -m tests.support.browser
	@touch $@
