"""Where projects, their tasks and rules are."""

from django.urls import path

from muniment.portal.projects.views import lists, project, rules, stages, tasks

app_name = "projects"
_C = "<id:client_id>/projects/"
_P = f"{_C}<id:project_id>/"
_S = "<id:client_id>/stages/<id:stage_id>/"
_T = "<id:client_id>/tasks/<id:task_id>/"
_R = "<id:client_id>/project-rules/<id:project_rule_id>/"

urlpatterns = [
    path("projects/", lists.overview, name="overview"),
    path(_C, lists.listing, name="list"),
    path(f"{_C}new/", project.new, name="new"),
    path(_P, project.project, name="project"),
    path(f"{_P}edit/", project.edit, name="edit"),
    path(f"{_P}close/", project.close, name="close"),
    path(f"{_P}reopen/", project.reopen, name="reopen"),
    path(f"{_P}reach/", project.reach, name="reach"),
    path(f"{_P}template/", project.keep_as_template, name="keep_as_template"),
    path(f"{_P}stages/", stages.add, name="add_stage"),
    path(f"{_P}tasks/", tasks.new, name="new_task"),
    path(f"{_P}rules/", rules.rules, name="rules"),
    path(f"{_P}rules/new/", rules.new, name="new_rule"),
    path(f"{_S}rename/", stages.rename, name="rename_stage"),
    path(f"{_S}place/", stages.place, name="place_stage"),
    path(f"{_S}remove/", stages.remove, name="remove_stage"),
    path(_T, tasks.task, name="task"),
    path(f"{_T}edit/", tasks.edit, name="edit_task"),
    path(f"{_T}move/", tasks.move, name="move_task"),
    path(f"{_T}place/", tasks.place, name="place_task"),
    path(f"{_T}first/", tasks.need, name="need_task"),
    path(f"{_T}free/", tasks.free, name="free_task"),
    path(_R, rules.edit, name="edit_rule"),
    path(f"{_R}run/", rules.run, name="run_rule"),
    path(f"{_R}remove/", rules.remove, name="remove_rule"),
]
