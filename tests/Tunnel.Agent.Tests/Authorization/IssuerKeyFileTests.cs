using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Issuers;
using Culvert.Platform.Programs;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>Keys across a restart of the agent while the issuer cannot be asked (A10).</summary>
public sealed class IssuerKeyFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-keys-").FullName;
    private readonly FakeTimeProvider time = new();
    private readonly TestIssuer issuer = new();
    private readonly LogLines log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(folder, IssuerKeyFile.Name);

    [Fact]
    public async Task A10_Restart_KeepsTheKeysForAsLongAsTheirFetchAllows()
    {
        await RunAsync(reachable: true, async keys => (await keys.FindAsync("k1", Token)).Key.ShouldNotBeNull());

        time.Advance(TimeSpan.FromHours(11));
        await RunAsync(
            reachable: false,
            async keys =>
            {
                keys.State.ShouldBe(KeyState.StaleOk);
                (await keys.FindAsync("k1", Token)).Key.ShouldNotBeNull();
                time.Advance(TimeSpan.FromHours(13) - TimeSpan.FromSeconds(1));
                keys.State.ShouldBe(KeyState.Degraded);
                time.Advance(TimeSpan.FromSeconds(1)); // 24 h after the fetch, not after the restart
                keys.State.ShouldBe(KeyState.HardExpired);
                (await keys.FindAsync("k1", Token)).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);
            }
        );
        await RunAsync(
            reachable: false,
            keys =>
            {
                keys.State.ShouldBe(KeyState.Empty);
                return Task.CompletedTask;
            }
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A10_Restart_KnowsWhichKeysWereSeenToSign(bool proven)
    {
        await RunAsync(
            reachable: true,
            async keys =>
            {
                var key = (await keys.FindAsync("k1", Token)).Key.ShouldNotBeNull();
                if (proven)
                {
                    var before = await File.ReadAllTextAsync(FilePath, Token);
                    keys.MarkProven(key);
                    await ChangedAsync(before);
                }
            }
        );

        time.Advance(TimeSpan.FromHours(12));

        await RunAsync(
            reachable: false,
            async keys =>
            {
                keys.State.ShouldBe(KeyState.Degraded);
                ((await keys.FindAsync("k1", Token)).Key is not null).ShouldBe(proven);
            }
        );
    }

    [Theory]
    [InlineData("another place")]
    [InlineData("another CA")]
    [InlineData("another issuer")]
    public async Task Load_KeysOfAnotherSource_CountAsNone(string change)
    {
        await RunAsync(reachable: true, async keys => await keys.FindAsync("k1", Token));
        var pki = new TunnelPki();
        var settings = change switch
        {
            "another place" => issuer.Settings with { KeysUrl = "https://login.example.test/other" },
            "another CA" => issuer.Settings with { Roots = new X509Certificate2Collection(pki.Ca) },
            _ => issuer.Settings with { Issuer = "https://other.example.test" },
        };

        await RunAsync(
            reachable: false,
            keys =>
            {
                keys.State.ShouldBe(KeyState.Empty);
                return Task.CompletedTask;
            },
            settings
        );
    }

    [Fact]
    public async Task Load_KeysFromTheFuture_CountAsNone()
    {
        await RunAsync(reachable: true, async keys => await keys.FindAsync("k1", Token));
        var earlier = new FakeTimeProvider(time.GetUtcNow() - TimeSpan.FromSeconds(1));
        using var state = StateDirectory.Open(folder);

        new IssuerKeyFile(state, earlier, LoggerFactoryExtensions.CreateLogger<IssuerKeyFile>(log))
            .Load(issuer.Settings)
            .ShouldBeNull();
    }

    [Theory]
    [InlineData("a bit flipped")]
    [InlineData("in the clear")]
    [InlineData("of another machine")]
    [InlineData("empty")]
    [InlineData("readable by others")]
    public async Task Load_FileThatWasChanged_CountsAsNoneAndIsSaid(string fault)
    {
        await RunAsync(reachable: true, async keys => await keys.FindAsync("k1", Token));
        var sealedText = await File.ReadAllTextAsync(FilePath, Token);
        sealedText.ShouldNotContain(issuer.Url);
        switch (fault)
        {
            case "a bit flipped":
                var bytes = Convert.FromBase64String(sealedText);
                bytes[^1] ^= 1;
                await File.WriteAllTextAsync(FilePath, Convert.ToBase64String(bytes), Token);
                break;
            case "in the clear":
                await File.WriteAllTextAsync(FilePath, "{}", Token);
                break;
            case "of another machine":
                await File.WriteAllTextAsync(
                    Path.Combine(folder, "state.key"),
                    Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
                    Token
                );
                break;
            case "empty":
                await File.WriteAllTextAsync(FilePath, "", Token);
                break;
            default:
                File.SetUnixFileMode(FilePath, File.GetUnixFileMode(FilePath) | UnixFileMode.OtherRead);
                break;
        }

        await RunAsync(
            reachable: false,
            async keys =>
            {
                keys.State.ShouldBe(KeyState.Empty);
                (await keys.FindAsync("k1", Token)).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);
            }
        );
        log.Text.ShouldContain("is damaged, was changed");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task ChangedAsync(string before) =>
        Eventually.UntilAsync(() => File.ReadAllText(FilePath) != before, Token);

    // One life of the agent: its state directory is opened, used and let go.
    private async Task RunAsync(bool reachable, Func<IssuerKeyCache, Task> use, IssuerSettings? settings = null)
    {
        using var state = StateDirectory.Open(folder);
        var file = new IssuerKeyFile(state, time, LoggerFactoryExtensions.CreateLogger<IssuerKeyFile>(log));
        var source = new KeySetSource(reachable ? issuer.Documents() : new ScriptedDocuments());
        await use(
            new IssuerKeyCache(
                settings ?? issuer.Settings,
                source,
                time,
                LoggerFactoryExtensions.CreateLogger<IssuerKeyCache>(log),
                file
            )
        );
    }
}
