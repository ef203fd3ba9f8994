using System.Text.Json.Nodes;
using Culvert.Testing.Api;
using Shouldly;

namespace Culvert.Documentation.Tests.Doubles;

/// <summary>What a double of a service may say, and what may be said to it, is what the service's description has.</summary>
public sealed class DoubleTests
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";

    // How a test starts a server of its own, and where an API is.
    private static readonly string[] Servers = ["TestServer.StartAsync(", "WebApplication.Create", "new HttpListener("];
    private static readonly string[] Paths = ["/v1/"];

    // A collector of telemetry has such a path too.
    private static readonly string[] OfOtherApis =
    [
        "Testing/Spans/SpanCollector.cs",
        "Tunnel.Agent.Tests/Credentials/Clouds/CloudDouble.cs",
    ];

    private static readonly string[] Doubles =
    [
        "Identity.Cli.Tests/Commands/Provider/ProviderDouble.cs",
        "Identity.Cli.Tests/Harness/WireServer.cs",
        "Machine.Client.Tests/Support/FakeService.cs",
        "Tunnel.Agent.Tests/LongPoll/ControlPlaneDouble.cs",
    ];

    private static ApiDescription Service => ApiDescription.OfTheService;

    [Theory]
    [InlineData("""{"id":"ttok_1","type":"tunnel_token","tunnel_token":"t"}""", "")]
    [InlineData("""{"id":"ttok_1"}""", "#/tunnel_token: is missing")]
    [InlineData("""{"id":"ttok_1","tunnel_token":"t","secret/2":"t"}""", "#/secret~12: is not described")]
    [InlineData("""{"id":1,"tunnel_token":"t"}""", "#/id: integer instead of string")]
    [InlineData("[]", "#: array instead of object")]
    [InlineData("", "the body is missing, described is application/json")]
    public void Answer_ThatTheServiceDoesNotGive_IsFound(string body, string finding)
    {
        var found = Service.FindInDouble("POST", "/v1/tunnels/tnl_1/reveal_token", 200, Json, body);

        string.Join(';', found).ShouldBe(finding);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("""{"id":"a","id":"b","tunnel_token":"t"}""")]
    public void Answer_ThatIsNoJson_IsFound(string body) =>
        Service
            .FindInDouble("POST", "/v1/tunnels/tnl_1/reveal_token", 200, Json, body)
            .ShouldHaveSingleItem()
            .ShouldStartWith("#: it is not JSON");

    [Fact]
    public void Answer_InAList_IsNamedByItsPlace() =>
        Service
            .FindInDouble(
                "GET",
                "/v1/organizations/workspaces?limit=1",
                200,
                Json,
                """{"data":[{"id":"w","name":"n","is_default":1,"created_at":"t"}],"next_page":null}"""
            )
            .ShouldBe(["#/data/0/is_default: integer instead of boolean"]);

    [Fact]
    public void MemberOfSingleObjects_InAList_IsFound()
    {
        const string List = "/v1/certificate_authorities";
        var body = Service.Complete("GET", List, 200, """{"data":[{"chain":[]}]}""");

        Service
            .FindInDouble("GET", List, 200, Json, body)
            .ShouldBe(["#/data/0/chain: the objects of a list do not have this member"]);
    }

    [Theory]
    [InlineData("GET", "/v1/nowhere", 200, "docs/openapi.json has no such operation")]
    [InlineData("DELETE", "/v1/tunnels/tnl_1", 200, "docs/openapi.json has no such operation")]
    [InlineData("GET", "/v1/tunnels", 201, "the status is not described")]
    [InlineData("GET", "/v1/tunnels", 418, "#/error: is missing")]
    public void Answer_OfAnotherPathOrStatus_IsFound(string method, string path, int status, string finding) =>
        Service.FindInDouble(method, path, status, Json, "{}").ShouldBe([finding]);

    [Theory]
    [InlineData("POST", "/v1/organizations", Json, """{"name":"a"}""", "")]
    [InlineData("POST", "/v1/organizations", Json, "{}", "#/name: is missing")]
    [InlineData("POST", "/v1/organizations", Json, """{"name":"a","nam":1}""", "#/nam: is not described")]
    [InlineData("POST", "/v1/organizations", Json, """{"name":1}""", "#/name: integer instead of string")]
    [InlineData("POST", "/v1/organizations", "text/plain", "a", "#: text/plain is not described")]
    [InlineData("POST", "/v1/organizations", null, "", "#: the body is missing")]
    [InlineData("POST", "/v1/jobs/j/run", null, "", "")]
    [InlineData("POST", "/v1/jobs/j/run", Json, "{}", "#: the operation has no request body")]
    [InlineData("POST", "/v1/oauth/revoke", Form, "token=a%2Bb", "")]
    [InlineData("POST", "/v1/oauth/revoke", Form, "token=a&tokn=b", "#/tokn: is not described")]
    [InlineData("GET", "/v1/nowhere", null, "", "docs/openapi.json has no such operation")]
    public void Request_ThatTheServiceDoesNotTake_IsFound(
        string method,
        string path,
        string? media,
        string body,
        string finding
    )
    {
        var found = Service.FindInRequest(method, path, media, body);

        string.Join(';', found).ShouldBe(finding);
    }

    [Fact]
    public void Complete_OfAnAnswerToEachOperation_IsOneThatTheServiceGives()
    {
        var paths = JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs/openapi.json")))!["paths"]!.AsObject();
        var answers =
            from path in paths
            from operation in path.Value!.AsObject()
            where operation.Value!["responses"]!["200"]?["content"]?[Json] is not null
            select (Method: operation.Key.ToUpperInvariant(), Path: path.Key);

        answers.Count().ShouldBeGreaterThan(140);
        answers.SelectMany(one => FindInLeast(one.Method, one.Path)).ShouldBeEmpty();
    }

    [Fact]
    public void Complete_KeepsWhatTheTestWrote()
    {
        const string Path = "/v1/tunnels";
        var body = Service.Complete("GET", Path, 200, """{"data":[{"id":"tnl_1","später":"<"}],"next_page":"x"}""");

        body.ShouldStartWith("""{"data":[{"id":"tnl_1","später":"<",""");
        body.ShouldEndWith("\"next_page\":\"x\"}");
        Service.FindInDouble("GET", Path, 200, Json, body).ShouldBeEmpty();
        Service.Complete("GET", Path, 200, body).ShouldBe(body);
        Service.Complete("GET", "/nowhere", 200, "{}").ShouldBe("{}");
        Service.Complete("GET", Path, 200, "<html>").ShouldBe("<html>");
    }

    [Fact]
    public void Double_FailsWithTheOperationAndThePlace()
    {
        var check = DoubleCheck.OfTheService();
        check.Receive("POST", "/token", Form, "a=b");
        check.Answer("POST", "/token", 200, Json, "{}");
        Should.NotThrow(check.ThrowIfAny);

        check.Receive("GET", "/v1/nowhere", null, "");
        check.Receive("POST", "/v1/jobs/j/resume", Json, "{}");
        check.Answer("POST", "/v1/tunnels/tnl_1/reveal_token", 200, Json, """{"id":"ttok_1"}""");

        Should
            .Throw<InvalidOperationException>(check.ThrowIfAny)
            .Message.Split('\n')[1..]
            .ShouldBe([
                "GET /v1/nowhere was sent: docs/openapi.json has no such operation",
                "POST /v1/jobs/j/resume was sent: #: the operation has no request body",
                "POST /v1/tunnels/tnl_1/reveal_token was answered 200: #/tunnel_token: is missing",
            ]);
    }

    [Theory]
    [InlineData("tunnels-api.json", "GET", "/v1/tunnels/tnl_1", """{"id":"tnl_1"}""", "#/type: is missing")]
    [InlineData("control-plane.json", "GET", "/v1/tunnels/t/poll", """{"commands":{}}""", "#/commands: object instead")]
    public void Double_OfAProvider_IsHeldToItsDescription(
        string file,
        string method,
        string path,
        string body,
        string finding
    ) =>
        ApiDescription
            .Read($"tests/Testing/Api/{file}")
            .FindInDouble(method, path, 200, Json, body)[0]
            .ShouldStartWith(finding);

    [Fact]
    public void Servers_OfTests_ThatHavePathsOfAnApi_CheckWhatTheySay() =>
        Repository
            .TestSources()
            .Select(file => Path.GetRelativePath(Repository.PathOf("tests"), file))
            .Where(file => !OfOtherApis.Contains(file))
            .Select(file => (Name: file, Text: Read(file)))
            .Where(file => Servers.Any(file.Text.Contains) && Paths.Any(file.Text.Contains))
            .Where(file => !file.Text.Contains(nameof(DoubleCheck)))
            .Select(file => $"tests/{file.Name}: hold what it answers against a description, by {nameof(DoubleCheck)}")
            .ShouldBeEmpty();

    [Fact]
    public void Doubles_AllFailTheirTests() =>
        Doubles.Where(file => !Read(file).Contains($"{nameof(DoubleCheck.ThrowIfAny)}()")).ShouldBeEmpty();

    private static IEnumerable<string> FindInLeast(string method, string path) =>
        Service
            .FindInDouble(method, path, 200, Json, Service.Complete(method, path, 200, "{}"))
            .Select(finding => $"{method} {path}: {finding}");

    private static string Read(string file) => File.ReadAllText(Repository.PathOf(Path.Combine("tests", file)));
}
