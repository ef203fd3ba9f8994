using System.Buffers.Text;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

public sealed class SessionKeyTests : IDisposable
{
    private static readonly string FromService = Base64Url.EncodeToString(new byte[32]);

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-session-key-").FullName;

    [Fact]
    public void Use_KeyOfTheService_IsTheSameOnEveryAgent()
    {
        var (first, second) = (new SessionKey(), new SessionKey());

        first.Use(FromService);
        second.Use(FromService);

        second.Current.ToArray().ShouldBe(first.Current.ToArray());
        first.Current.ToArray().ShouldBe(new byte[32]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64url of any 32 bytes, whatever it is")]
    public void Use_ServiceGivesNone_IsAKeyOfItsOwnThatOutlivesARestart(string? fromService)
    {
        var before = Restarted(fromService);

        Restarted(fromService).ShouldBe(before);

        before.ShouldNotBe(new byte[32]);
        File.ReadAllText(Path.Combine(folder, SessionKey.FileName)).ShouldNotContain(Base64Url.EncodeToString(before));
    }

    [Fact]
    public void Use_KeptKeyWasChanged_IsAnotherOne()
    {
        var before = Restarted(null);
        File.WriteAllText(Path.Combine(folder, SessionKey.FileName), "changed");

        Restarted(null).ShouldNotBe(before);
    }

    [Fact]
    public void ToString_ShowsNoKey()
    {
        var key = new SessionKey();
        key.Use(FromService);
        var tunnel = new AgentFeedTunnel
        {
            Id = "tnl_010000000000000000000001",
            Domain = "d",
            Status = TunnelStatus.Active,
            SessionKey = FromService,
            TrustBundle = new BundleDocument(Epoch: 1, Pem: ""),
        };

        $"{key} {tunnel}".ShouldNotContain(FromService);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private byte[] Restarted(string? fromService)
    {
        using var state = StateDirectory.Open(folder);
        var key = new SessionKey(state);
        key.Use(fromService);
        return key.Current.ToArray();
    }
}
