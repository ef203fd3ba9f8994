using Shouldly;
using Xunit;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class RotationCommandsTests : CommandTest
{
    private const string Rotation = """
        {"id":"ca_01","name":"issuing","state":"staged","trust_bundle_epoch":4,"needed_epoch":4,
         "missing":[{"kind":"agent","id":"agt_01","name":"one","since":"2026-01-01T00:00:00Z","needed_epoch":4,
                     "acknowledged_epoch":3,"last_heard_at":"2026-01-01T00:01:00Z"}],
         "signing":{"attempts":3,"last_at":"2026-01-01T00:00:00Z","node":"node-1","in_progress":false,
                    "fault":"it does not let us ask (401)","next_at":"2026-01-01T00:05:00Z"},
         "late_joiners":["agt_02"],"propagation_ends_at":null,"live_leaves":2,"retires_at":null,
         "affected_agents":["agt_03"],"override":"culvert ca override ca_01 --missing agt_01 --reason TEXT",
         "next":"culvert ca activate ca_01"}
        """;

    [Fact]
    public async Task CaStatus_NamesWhoIsMissingSinceWhenAndTheOverride()
    {
        Service.On("GET /v1/certificate_authorities/ca_01/rotation", Rotation);

        var run = await Stage.RunAsync("ca", "status", "ca_01");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("missing: agent one agt_01 since 2026-01-01T00:00:00Z (acknowledged epoch 3,");
        run.Out.ShouldContain("away, will catch up: agt_02");
        run.Out.ShouldContain("signing connector: tried 3 times, last at 2026-01-01T00:00:00Z by node-1");
        run.Out.ShouldContain("it does not let us ask (401); next at 2026-01-01T00:05:00Z");
        run.Out.ShouldContain("override: culvert ca override ca_01 --missing agt_01");
    }

    [Fact]
    public async Task CaStatus_WaitingForUnregisteredClients_SaysUntilWhen_AndNamesNobody()
    {
        Service.On(
            "GET /v1/certificate_authorities/ca_01/rotation",
            """
            {"id":"ca_01","name":"issuing","state":"staged","trust_bundle_epoch":4,"needed_epoch":4,
             "missing":[{"kind":"propagation","id":"propagation","name":null,"since":"2026-01-01T00:00:00Z",
                         "needed_epoch":4,"acknowledged_epoch":null,"last_heard_at":null}],
             "signing":null,"late_joiners":[],"propagation_ends_at":"2026-01-02T00:00:00Z","live_leaves":0,
             "retires_at":null,"affected_agents":[],"override":"culvert ca override ca_01 --missing propagation --reason TEXT",
             "next":"culvert ca status ca_01 --watch"}
            """
        );

        var run = await Stage.RunAsync("ca", "status", "ca_01");

        run.Out.ShouldBe(
            """
            issuing (ca_01): staged
            trust bundle: epoch 4, in it since 4
            waits until 2026-01-02T00:00:00Z: no relying party is registered, so clients have that long to fetch the bundle
            0 certificates of its making are valid, none in use
            override: culvert ca override ca_01 --missing propagation --reason TEXT
            next: culvert ca status ca_01 --watch

            """
        );
    }

    [Fact]
    public async Task CaWithdraw_Forced_SendsReasonAfterTheBlastRadius()
    {
        Service
            .On("GET /v1/certificate_authorities/ca_01/rotation", Rotation)
            .On("POST /v1/certificate_authorities/ca_01/withdraw", Rotation);

        var run = await Stage.RunAsync("ca", "withdraw", "ca_01", "--force", "--reason", "leaked", "--yes");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"reason":"leaked","force":true}""");
    }

    [Fact]
    public async Task CaRollback_PostsTheReason()
    {
        Service.On("POST /v1/certificate_authorities/ca_01/rollback", Rotation);

        (await Stage.RunAsync("ca", "rollback", "ca_01", "--reason", "x")).ExitCode.ShouldBe(0);

        Last.Body.ShouldBe("""{"reason":"x"}""");
    }

    [Fact]
    public async Task RelyingParty_CreateListAcknowledgeArchive()
    {
        const string path = "/v1/tunnels/tnl_01/relying_parties";
        Service
            .On($"POST {path}", """{"id":"rp_01","name":"product","credential":"clv_rp_x"}""")
            .On($"GET {path}", """{"data":[{"id":"rp_01","name":"product"}],"next_page":null}""")
            .On($"POST {path}/rp_01/acknowledge", """{"epoch":3}""")
            .On($"POST {path}/rp_01/archive", """{"id":"rp_01"}""");

        (await Stage.RunAsync("relying-party", "create", "product", "--tunnel", "tnl_01")).Out.ShouldContain(
            "clv_rp_x"
        );
        (await Stage.RunAsync("relying-party", "list", "--tunnel", "tnl_01")).Out.ShouldContain("product");
        (
            await Stage.RunAsync("relying-party", "acknowledge", "product", "--tunnel", "tnl_01", "--epoch", "3")
        ).ExitCode.ShouldBe(0);
        Last.Body.ShouldBe("""{"epoch":3}""");
        (await Stage.RunAsync("relying-party", "remove", "product", "--tunnel", "tnl_01", "--yes")).ExitCode.ShouldBe(
            0
        );
        Last.ToString().ShouldContain($"{path}/rp_01/archive");
    }
}
