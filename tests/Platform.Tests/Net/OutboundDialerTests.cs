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
    [InlineData("corp.example", "notcorp.example", true)]
    [InlineData("10.0.0.0/8", "10.1.2.3", false)]
    [InlineData("10.0.0.0/8", "11.1.2.3", true)]
    [InlineData("::1", "[::1]", false)]
    [InlineData("", "id.corp.example", true)]
    public void AppliesTo_Entry_MeansTheNameAndAllBelow(string entry, string host, bool applies) =>
        new HttpProxyOptions { Url = proxy.Url, NoProxy = [entry] }
            .AppliesTo(host)
            .ShouldBe(applies);

    [Fact]
    public void OfEnvironment_Variables_AreTakenApart()
    {
        var options = NetworkSection.OfEnvironment(
            new Dictionary<string, string>
            {
                ["HTTPS_PROXY"] = "http://user:p%40ss@proxy.example:3128",
                ["no_proxy"] = "a.example, 10.0.0.0/8",
            }
        )!;

        options.Url.AbsoluteUri.ShouldBe("http://proxy.example:3128/");
        (options.UserName, options.EnvironmentPassword).ShouldBe(("user", "p@ss"));
        options.NoProxy.ShouldBe(["a.example", "10.0.0.0/8"]);
        options.ToString().ShouldNotContain("p@ss");
        NetworkSection.OfEnvironment(new Dictionary<string, string>()).ShouldBeNull();
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
