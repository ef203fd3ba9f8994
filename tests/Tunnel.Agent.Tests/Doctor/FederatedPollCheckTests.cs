using System.Text;
using Culvert.Platform.Doctor;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Tests.Doctor.Certificates;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Doctor;

public sealed class FederatedPollCheckTests : IDisposable
{
    private const string Key = "sk-test_KEY-123";

    // The response of api.openai.com to a request without a key.
    private const string Refusal =
        """{"error":{"message":"You didn't provide an API key.","type":"invalid_request_error","param":null,"code":null}}""";

    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(
        "Basic realm=\"OpenAI API\"",
        DoctorStatus.Pass,
        "Its challenge names no authorization server: Basic realm=\"OpenAI API\""
    )]
    [InlineData(
        "Bearer error=\"invalid_token\", resource_metadata=\"https://provider.test/.well-known/oauth-protected-resource\"",
        DoctorStatus.Warn,
        "Its challenge names OAuth metadata: Bearer error="
    )]
    [InlineData("", DoctorStatus.Pass, "It has no challenge (WWW-Authenticate).")]
    public async Task Run_AControlPlane_IsAskedWithoutTheKeyAndQuoted(
        string challenge,
        DoctorStatus status,
        string said
    )
    {
        var heads = new List<string>();
        var header = challenge.Length > 0 ? $"WWW-Authenticate: {challenge}\r\n" : "";
        await using var provider = RawUpstream.Scripted(
            async (request, stream, cancellationToken) =>
            {
                heads.Add(request.Head);
                var answer =
                    $"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n{header}Content-Length: {Refusal.Length}\r\n\r\n{Refusal}";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
                return true;
            }
        );

        var found = await RunAsync(provider.Port);

        found.Status.ShouldBe(status);
        found.Next.ShouldHaveSingleItem().ShouldContain("keep the key file");
        found
            .Evidence.ShouldHaveSingleItem()
            .ShouldStartWith($"tunnel_1 at 127.0.0.1:{provider.Port}: Status 401 invalid_request_error. {said}");
        var head = heads.ShouldHaveSingleItem();
        head.ShouldStartWith("GET /v1/tunnels/tunnel_1 HTTP/1.1");
        head.ShouldNotContain("Authorization:");
        head.ShouldNotContain(Key);
    }

    [Fact]
    public async Task Run_NoResponse_Fails()
    {
        var closed = RawUpstream.Scripted((_, _, _) => Task.FromResult(false));
        var port = closed.Port;
        await closed.DisposeAsync();

        var found = await RunAsync(port);

        found.Status.ShouldBe(DoctorStatus.Fail);
        found.Summary.ShouldBe("1 of 1 control planes do not respond.");
    }

    [Fact]
    public async Task Run_NoTunnelOfAProvider_IsSkipped() =>
        (
            await FederatedPollCheck.RunAsync(
                scene.Facts().Settings,
                TimeProvider.System,
                TestContext.Current.CancellationToken
            )
        ).Status.ShouldBe(DoctorStatus.Skip);

    private Task<DoctorFinding> RunAsync(int port)
    {
        var tunnel = new LongPollSettings
        {
            BaseUrl = new Uri($"http://127.0.0.1:{port}"),
            TunnelId = "tunnel_1",
            ApiKey = SecretReference.ToFile(scene.Write("key", Key)),
            Channels = [new LongPollChannel("main", "docs", false)],
        };
        AgentSettings settings = scene.Facts().Settings with { LongPolls = [tunnel] };
        return FederatedPollCheck.RunAsync(settings, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
