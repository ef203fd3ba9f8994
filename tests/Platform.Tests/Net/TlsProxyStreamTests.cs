using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Culvert.Platform.Net;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

/// <summary>The connection to an https proxy is a stream like any other, but no <see cref="SslStream"/>.</summary>
public sealed class TlsProxyStreamTests : IAsyncDisposable
{
    private static readonly TestPki Pki = new(TimeProvider.System.GetUtcNow(), "Proxy");
    private static readonly string Bundle = WriteBundle();

    private readonly TcpListener target = new(IPAddress.Loopback, 0);
    private readonly ConnectProxy proxy = new()
    {
        Open = true,
        Certificate = SslStreamCertificateContext.Create(
            Pki.Issue(dnsNames: ["127.0.0.1"], usages: [TestPki.ServerAuthentication]),
            [Pki.Issuing],
            offline: true
        ),
    };

    public TlsProxyStreamTests() => target.Start();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_ToAnHttpsProxy_IsNoSslStream()
    {
        await using var stream = await ConnectAsync();

        stream.ShouldBeOfType<TlsProxyStream>();
        (stream.CanRead, stream.CanWrite, stream.CanSeek, stream.CanTimeout).ShouldBe((true, true, false, true));
        Should.Throw<NotSupportedException>(() => stream.Length);
        Should.Throw<NotSupportedException>(() => stream.Position);
        Should.Throw<NotSupportedException>(() => stream.Position = 0);
        Should.Throw<NotSupportedException>(() => stream.SetLength(0));
        Should.Throw<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
    }

    [Fact]
    public async Task Bytes_ByEveryMember_Arrive()
    {
        await using var stream = await ConnectAsync();
        using var accepted = await target.AcceptTcpClientAsync(Cancel);
        var there = accepted.GetStream();
        var echo = there.CopyToAsync(there, Cancel);
        (stream.ReadTimeout, stream.WriteTimeout) = (30_000, 30_000);
        var read = new byte[6];

        await stream.WriteAsync("a"u8.ToArray(), Cancel);
#pragma warning disable CA1835 // each member is called
        await stream.WriteAsync("b"u8.ToArray(), 0, 1, Cancel);
#pragma warning restore CA1835
        stream.Write("c"u8);
        stream.Write("d"u8.ToArray(), 0, 1);
        stream.WriteByte((byte)'e');
        stream.Flush();
        await stream.FlushAsync(Cancel);
        await stream.ReadExactlyAsync(read.AsMemory(0, 1), Cancel);
#pragma warning disable CA1835, CA2022 // one byte is never less
        await stream.ReadAsync(read, 1, 1, Cancel);
        stream.Read(read.AsSpan(2, 1));
        stream.Read(read, 3, 1);
#pragma warning restore CA1835, CA2022
        read[4] = (byte)stream.ReadByte();

        read.ShouldBe("abcde\0"u8.ToArray());
        (stream.ReadTimeout, stream.WriteTimeout).ShouldBe((30_000, 30_000));
        stream.Dispose();
        await echo;
    }

    [Fact]
    public async Task Read_Cancelled_Ends()
    {
        await using var stream = await ConnectAsync();
        using var stop = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[1], stop.Token).AsTask();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => reading);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_ClosesTheConnectionToo(bool isAsync)
    {
        var stream = await ConnectAsync();
        using var accepted = await target.AcceptTcpClientAsync(Cancel);

        if (isAsync)
        {
            await stream.DisposeAsync();
        }
        else
        {
            stream.Dispose();
        }

        (await accepted.GetStream().ReadAsync(new byte[1], Cancel)).ShouldBe(0);
        stream.CanRead.ShouldBeFalse();
    }

    [Fact]
    public async Task Target_ThatCloses_EndsTheStream()
    {
        await using var stream = await ConnectAsync();
        using (await target.AcceptTcpClientAsync(Cancel))
        {
            // It has nothing to say.
        }

        (await stream.ReadAsync(new byte[1], Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task Proxy_ThatDoesNotProveItself_IsToldNothing()
    {
        await Should.ThrowAsync<System.Security.Authentication.AuthenticationException>(async () =>
            await ConnectAsync(bundle: "")
        );

        proxy.Targets.ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        target.Dispose();
        await proxy.DisposeAsync();
    }

    private ValueTask<Stream> ConnectAsync(string? bundle = null) =>
        new OutboundDialer(
            new NetworkOptions
            {
                Proxy = new HttpProxyOptions { Url = proxy.Url },
                CaBundle = bundle ?? Bundle,
            }
        ).ConnectAsync("127.0.0.1", ((IPEndPoint)target.LocalEndpoint).Port, Cancel);

    private static string WriteBundle()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, Pki.RootPem);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(file);
        return file;
    }
}
