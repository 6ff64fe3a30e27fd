from __future__ import annotations

from sql_support import Deployment, drain

from smtui.drill.sql.columns import INT, nvarchar
from smtui.drill.sql.replies import Result, Return


def test_a_procedure_with_a_parameter(deployment: Deployment) -> None:
    def act(session, values):
        session.pause(0.01)
        yield Result([("name", nvarchar(100))], [(values[0],)])
        yield Return(0)

    deployment.backend.acts["EXEC p ?"] = act
    with deployment.connect(Database="ServiceManager", APP="smtui/t") as connection:
        assert drain(connection.execute("EXEC p ?", "sm02.contoso.test")) == [[("sm02.contoso.test",)]]
        assert drain(connection.execute("EXEC p ?", None)) == [[(None,)]]
        assert drain(connection.execute("EXEC p ?", "日本")) == [[("日本",)]]
    assert deployment.backend.logins[0].application == "smtui/t"
    print(deployment.backend.received)
    connection.close()
