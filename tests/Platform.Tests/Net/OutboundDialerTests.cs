using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

public sealed class OutboundDialerTests : IAsyncDisposable
{
    private readonly ConnectProxy proxy = new();
    private readonly TcpListener target = new(IPAddress.Loopback, 0);
    private readonly string password = Path.GetTempFileName();

    public OutboundDialerTests()
    {
        target.Start();
        File.WriteAllText(password, ConnectProxy.Password);
        File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)target.LocalEndpoint).Port;

    [Fact]
    public async Task Connect_WithCredentials_GoesThroughTheProxy()
    {
        await using var stream = await Dialer(WithCredentials()).ConnectAsync("127.0.0.1", Port, Cancel);

        using var accepted = await target.AcceptTcpClientAsync(Cancel);
        await stream.WriteAsync("hello"u8.ToArray(), Cancel);
        var buffer = new byte[5];
        await accepted.GetStream().ReadExactlyAsync(buffer, Cancel);
        buffer.ShouldBe("hello"u8.ToArray());
        proxy.Targets.ShouldBe([$"127.0.0.1:{Port}"]);
    }

    [Fact]
    public async Task Connect_WithoutCredentials_FailsAndSaysWhichAreWanted()
    {
        var refused = await Should.ThrowAsync<IOException>(async () =>
            await Dialer(new HttpProxyOptions { Url = proxy.Url }).ConnectAsync("127.0.0.1", Port, Cancel)
        );

        refused.Message.ShouldContain("status 407.");
        refused.Message.ShouldContain("network.proxy.username");
        proxy.Targets.ShouldBeEmpty();
        proxy.Denied.ShouldBe(1);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    [InlineData("*")]
    public async Task Connect_NoProxy_GoesDirectly(string entry)
    {
        var options = WithCredentials() with { NoProxy = ["other.example", entry] };

        await using var stream = await Dialer(options).ConnectAsync("127.0.0.1", Port, Cancel);

        using var accepted = await target.AcceptTcpClientAsync(Cancel);
        proxy.Targets.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\n\r\n", "502")]
    [InlineData("SSH-2.0-x\r\n\r\n", "like a proxy")]
    [InlineData("HTTP/1.1 200", "like a proxy")]
    [InlineData("", "like a proxy")]
    public async Task Connect_ProxyThatAnswersOtherwise_IsAFailure(string answer, string says)
    {
        proxy.Answer = answer;

        var refused = await Should.ThrowAsync<IOException>(async () =>
            await Dialer(WithCredentials()).ConnectAsync("127.0.0.1", Port, Cancel)
        );

        refused.Message.ShouldContain(says);
    }

    [Fact]
    public async Task Connect_EndlessAnswer_IsBounded()
    {
        proxy.Answer = "HTTP/1.1 200 " + new string('x', 20_000);

        await Should.ThrowAsync<IOException>(async () =>
            await Dialer(WithCredentials()).ConnectAsync("127.0.0.1", Port, Cancel)
        );
    }

    [Fact]
    public async Task Connect_NameThatWouldSplitTheRequest_IsNotSent() =>
        await Should.ThrowAsync<IOException>(async () =>
            await Dialer(WithCredentials()).ConnectAsync("a\r\nX: y", Port, Cancel)
        );

    [Fact]
    public async Task Connect_OtherAddressFamily_HasNoAddress() =>
        await Should.ThrowAsync<SocketException>(async () =>
            await new OutboundDialer(new NetworkOptions { Family = AddressFamily.InterNetworkV6 }).ConnectAsync(
                "127.0.0.1",
                Port,
                Cancel
            )
        );

    [Theory]
    [InlineData("corp.example", "id.corp.example", false)]
    [InlineData(".corp.example", "id.corp.example", false)]
    [InlineData("*.corp.example", "id.CORP.example", false)]
    [InlineData("corp.example", "corp.example", false)]
    [InlineData("corp.example", "id.corp.example.", false)] // the dot of the root
    [InlineData("corp.example.", "id.corp.example", false)]
    [InlineData("corp.example", "notcorp.example", true)]
    [InlineData("10.0.0.0/8", "10.1.2.3", false)]
    [InlineData("10.0.0.0/8", "11.1.2.3", true)]
    [InlineData("::1", "[::1]", false)]
    [InlineData("", "id.corp.example", true)]
    [InlineData("corp.example:443", "id.corp.example", false)]
    [InlineData("corp.example:8443", "id.corp.example", true)]
    [InlineData("10.1.2.3:443", "10.1.2.3", false)]
    [InlineData("10.1.2.3:8443", "10.1.2.3", true)]
    [InlineData("[::1]:443", "[::1]", false)]
    [InlineData("[::1]:8443", "[::1]", true)]
    [InlineData("[::1]", "::1", false)]
    [InlineData("*:8443", "id.corp.example", true)]
    public void AppliesTo_Entry_MeansTheNameAndAllBelow(string entry, string host, bool applies) =>
        new HttpProxyOptions { Url = proxy.Url, NoProxy = [entry] }
            .AppliesTo(host, 443)
            .ShouldBe(applies);

    [Fact]
    public void OfEnvironment_Variables_AreTakenApart()
    {
        var options = NetworkSection.OfEnvironment(
            new Dictionary<string, string>
            {
                ["HTTPS_PROXY"] = "http://user:p%40ss@proxy.example:3128",
                ["no_proxy"] = "a.example, 10.0.0.0/8, b.example:8443",
            },
            out var problem
        )!;

        problem.ShouldBeNull();

        options.Url.AbsoluteUri.ShouldBe("http://proxy.example:3128/");
        (options.UserName, options.EnvironmentPassword).ShouldBe(("user", "p@ss"));
        options.NoProxy.ShouldBe(["a.example", "10.0.0.0/8", "b.example:8443"]);
        options.ToString().ShouldNotContain("p@ss");
    }

    [Theory] // what asks for no proxy, and what asks for one
    [InlineData("", "", null, null)]
    [InlineData("", "not an entry", null, null)]
    [InlineData("proxy.example:3128", "", "http://proxy.example:3128/", null)]
    [InlineData("https://proxy.example", "*, localhost, ::1", "https://proxy.example/", null)]
    [InlineData("socks5://u:canary-password@proxy.example:1080", "", null, "HTTPS_PROXY")]
    [InlineData("http://u:canary-password@proxy.example:3128/path", "", null, "HTTPS_PROXY")]
    [InlineData("http://proxy.example:3128/?a=1", "", null, "HTTPS_PROXY")]
    [InlineData("http://", "", null, "HTTPS_PROXY")]
    [InlineData("http://proxy.example", "a.example, http://b.example", null, "NO_PROXY has \"http://b.example\"")]
    [InlineData("http://proxy.example", "b.example:0", null, "NO_PROXY has \"b.example:0\"")]
    [InlineData("http://proxy.example", "b.example:https", null, "NO_PROXY has \"b.example:https\"")]
    [InlineData("http://proxy.example", "b.example:65536", null, "NO_PROXY has \"b.example:65536\"")]
    [InlineData("http://proxy.example", "10.0.0.1/8", null, "NO_PROXY has \"10.0.0.1/8\"")]
    [InlineData("http://proxy.example", "<local>", null, "NO_PROXY has \"<local>\"")]
    public void OfEnvironment_EachForm_IsUsedOrRefused(string proxyUrl, string direct, string? used, string? refused)
    {
        var options = NetworkSection.OfEnvironment(
            new Dictionary<string, string> { ["HTTPS_PROXY"] = proxyUrl, ["NO_PROXY"] = direct },
            out var problem
        );

        (options?.Url.AbsoluteUri).ShouldBe(used);
        (problem is null).ShouldBe(refused is null);
        if (refused is not null)
        {
            problem.ShouldNotBeNull().ShouldStartWith(refused);
        }

        (problem ?? "").ShouldNotContain("canary-password");
    }

    public async ValueTask DisposeAsync()
    {
        target.Dispose();
        await proxy.DisposeAsync();
        File.Delete(password);
    }

    private HttpProxyOptions WithCredentials() =>
        new()
        {
            Url = proxy.Url,
            UserName = ConnectProxy.UserName,
            Password = SecretReference.ToFile(password),
        };

    private static OutboundDialer Dialer(HttpProxyOptions options) => new(new NetworkOptions { Proxy = options });
}
