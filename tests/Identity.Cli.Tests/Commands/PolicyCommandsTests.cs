using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class PolicyCommandsTests : CommandTest
{
    private const string Tunnel = """{"id":"tnl_01a","type":"tunnel","display_name":"docs","domain":"d.example"}""";
    private const string Path = "/v1/tunnels/tnl_01a/policies";
    private const string Draft =
        """{"id":"pol_2","type":"route_policy","hostname":"wiki.d.example","version":2,"state":"draft","digest":"ab","text":"mode: enforce\nrules: []\n"}""";
    private const string Active =
        """{"id":"pol_1","type":"route_policy","hostname":"wiki.d.example","version":1,"state":"active","digest":"cd","text":"mode: observe\nrules: []\n"}""";

    [Theory]
    [InlineData("wiki")]
    [InlineData("wiki.d.example")]
    public async Task Push_SendsTheFile(string hostname)
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"POST {Path}", Draft);
        var file = WriteFile("mode: enforce\n");

        var run = await Stage.RunAsync("policy", "push", "tnl_01a", hostname, file, "--comment", "why");

        run.ExitCode.ShouldBe(0, run.Error);
        Service
            .Requests[^1]
            .Body.ShouldBe("""{"hostname":"wiki.d.example","text":"mode: enforce\n","comment":"why"}""");
    }

    [Fact]
    public async Task Push_OfAnotherForm_SendsNothing()
    {
        var run = await Stage.RunAsync("policy", "push", "tnl_01a", "wiki", WriteFile("rules: []\n"));

        run.ExitCode.ShouldNotBe(0);
        run.Error.ShouldContain("mode");
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Diff_ComparesWithTheActiveVersion()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"GET {Path}/pol_2", Draft);
        Service.On($"GET {Path}?hostname=wiki.d.example&state=active", $$"""{"data":[{{Active}}],"next_page":null}""");
        Service.On($"GET {Path}/pol_1", Active);

        var run = await Stage.RunAsync("policy", "diff", "tnl_01a", "pol_2");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ReplaceLineEndings("\n").Trim().ShouldBe("-mode: observe\n+mode: enforce\n rules: []");
    }

    [Fact]
    public async Task Diff_WithoutAnActiveVersion_AddsEveryLine()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"GET {Path}/pol_2", Draft);
        Service.On($"GET {Path}?hostname=wiki.d.example&state=active", """{"data":[],"next_page":null}""");

        var run = await Stage.RunAsync("policy", "diff", "tnl_01a", "pol_2");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ReplaceLineEndings("\n").Trim().ShouldBe("+mode: enforce\n+rules: []");
    }

    [Fact]
    public async Task Show_HasTheText()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"GET {Path}/pol_2", Draft);

        var run = await Stage.RunAsync("policy", "show", "tnl_01a", "pol_2", "-o", "json");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("mode: enforce");
    }

    [Fact]
    public async Task Push_OfADomainsOwnRoute_SendsTheDomain()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"POST {Path}", Draft);

        var run = await Stage.RunAsync("policy", "push", "tnl_01a", "@", WriteFile("mode: enforce\n"));

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldNotContain("rules: []", Case.Sensitive, "the answer's text is left out");
        Service.Requests[^1].Body.ShouldBe("""{"hostname":"d.example","text":"mode: enforce\n"}""");
    }

    [Fact]
    public async Task List_Filters()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"GET {Path}?hostname=wiki.d.example&state=draft", $$"""{"data":[{{Draft}}],"next_page":null}""");

        var run = await Stage.RunAsync("policy", "list", "tnl_01a", "--hostname", "wiki", "--state", "draft");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("pol_2");
    }

    [Fact]
    public async Task Approve_SendsTheVersionThatIsInForce()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"GET {Path}/pol_2", Draft);
        Service.On($"GET {Path}?hostname=wiki.d.example&state=active", $$"""{"data":[{{Active}}],"next_page":null}""");
        Service.On($"POST {Path}/pol_2/approve", Draft);

        var run = await Stage.RunAsync("policy", "approve", "tnl_01a", "pol_2", "--reason", "read");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("it replaces pol_1");
        Service.Requests[^1].Body.ShouldBe("""{"replaces":"pol_1","reason":"read"}""");
    }

    [Fact]
    public async Task Approve_WithoutAnActiveVersion_SendsNone()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"GET {Path}/pol_2", Draft);
        Service.On($"GET {Path}?hostname=wiki.d.example&state=active", """{"data":[],"next_page":null}""");
        Service.On($"POST {Path}/pol_2/approve", Draft);

        var run = await Stage.RunAsync("policy", "approve", "tnl_01a", "pol_2");

        run.ExitCode.ShouldBe(0, run.Error);
        Service.Requests[^1].Body.ShouldBe("""{"replaces":"none"}""");
    }

    [Fact]
    public async Task Approve_WithWhatWasCompared_SendsThat()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"POST {Path}/pol_2/approve", Draft);

        var run = await Stage.RunAsync("policy", "approve", "tnl_01a", "pol_2", "--replaces", "pol_0");

        run.ExitCode.ShouldBe(0, run.Error);
        Service.Requests[^1].Body.ShouldBe("""{"replaces":"pol_0"}""");
    }

    [Theory]
    [InlineData("withdraw")]
    [InlineData("reject")]
    public async Task End_SendsTheReason(string verb)
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"POST {Path}/pol_2/{verb}", Draft);

        var run = await Stage.RunAsync("policy", verb, "tnl_01a", "pol_2", "--reason", "read");

        run.ExitCode.ShouldBe(0, run.Error);
        Service.Requests[^1].Body.ShouldBe("""{"reason":"read"}""");
    }

    [Fact]
    public async Task RollBack_SendsTheHostname()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel);
        Service.On($"POST {Path}/rollback", Active);

        var run = await Stage.RunAsync("policy", "rollback", "tnl_01a", "@");

        run.ExitCode.ShouldBe(0, run.Error);
        Service.Requests[^1].Body.ShouldBe("""{"hostname":"d.example"}""");
    }

    private string WriteFile(string text) => Stage.Write("policy.yaml", text);
}
