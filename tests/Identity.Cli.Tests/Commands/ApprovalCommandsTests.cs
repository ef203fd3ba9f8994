using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class ApprovalCommandsTests : CommandTest
{
    private const string Tunnel = """{"id":"tnl_01a","type":"tunnel","display_name":"docs","domain":"d.example"}""";
    private const string Approval =
        """{"id":"appr_01a","type":"call_approval","state":"pending","route":"wiki","name":"pay","subject":"alice","approvers":2}""";

    [Fact]
    public async Task List_State_IsSent()
    {
        Service.On("GET /v1/tunnels/tnl_01a/approvals?state=pending", $$"""{"data":[{{Approval}}],"next_page":null}""");

        var run = await Stage.RunAsync("approvals", "list", "tnl_01a", "--state", "pending");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("appr_01a");
        run.Out.ShouldContain("alice");
    }

    [Fact]
    public async Task List_WithoutTunnel_IsOfAllTunnels()
    {
        Service.On("GET /v1/approvals?state=pending", $$"""{"data":[{{Approval}}],"next_page":null}""");

        var run = await Stage.RunAsync("approvals", "list", "--state", "pending");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("appr_01a");
    }

    [Fact]
    public async Task Show_PrintsTheRequest()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On("GET /v1/tunnels/tnl_01a/approvals/appr_01a", Approval);

        var run = await Stage.RunAsync("approvals", "show", "tnl_01a", "appr_01a");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("pay");
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("reject")]
    public async Task Decide_SendsTheReason(string verb)
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"POST /v1/tunnels/tnl_01a/approvals/appr_01a/{verb}", Approval);

        var run = await Stage.RunAsync("approvals", verb, "tnl_01a", "appr_01a", "--reason", "checked");

        run.ExitCode.ShouldBe(0, run.Error);
        Service.Requests[^1].Body.ShouldBe("""{"reason":"checked"}""");
    }
}
