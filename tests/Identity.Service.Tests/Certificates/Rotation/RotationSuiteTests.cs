using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Rotation;

/// <summary>
/// Complete rotations, one after the other, sub-CA and root in turn: in every phase each client that says what it holds
/// handshakes with each leaf in use, by real TLS.
/// </summary>
public sealed class RotationSuiteTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static readonly TimeSpan LeafLife = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromMinutes(40);

    [Fact]
    [Trait(Soak.Name, "rotation")]
    public async Task Rotations_EveryLeafInUseWithEveryBundleHeld_FailsNoHandshake()
    {
        var rounds = Soak.Rounds("rotation", shortForm: 3, full: 24);
        await using var bench = await RotationBench.StartAsync(leafLife: LeafLife);
        var (_, eagerClient) = await bench.RelyingPartyAsync("eager");
        var (_, lateClient) = await bench.RelyingPartyAsync("late");
        using var eager = eagerClient;
        using var late = lateClient;
        var active = await bench.ApprovedAsync("active", AuthorityLife);
        var bundles = new Dictionary<string, X509Certificate2Collection>
        {
            ["eager"] = await bench.FetchAsync(eager),
            ["late"] = await bench.FetchAsync(late),
        };
        var handshakes = 0;
        for (var round = 1; round <= rounds; round++)
        {
            // An agent of this round; that of the last one is gone, and catches nothing up.
            var (enrollment, agent) = await bench.Machines.JoinAsync(bench.Machines.AgentToken(), $"r{round}");
            var serial = enrollment.Certificate.Serial;
            var leaves = new List<KeyAndCertificate> { await LeafAsync(agent) };
            await RotationBench.FollowAsync(agent, serial, leaves[0].Serial);
            await TryAllAsync("before");

            if (round % 2 == 0)
            {
                bench.SwapRoot();
            }

            var next = await bench.ApprovedAsync("staged", AuthorityLife);
            var before = bundles["late"];
            bundles["eager"] = await bench.FetchAsync(eager);
            await TryAllAsync("staged");

            // The late one and the agent are waited for.
            await bench.RefusedAsync(next);
            await RotationBench.FollowAsync(agent, serial, leaves[0].Serial);
            await bench.RefusedAsync(next);
            bundles["late"] = await bench.FetchAsync(late);
            await bench.Service.Api.PostOkAsync(RotationBench.Path(next, "activate"));
            await TryAllAsync("active");

            // Every pair: the leaf of before and the one of now, and both bundles hold both.
            leaves.Add(await LeafAsync(agent));
            await RotationBench.FollowAsync(agent, serial, leaves[1].Serial);
            await TryAllAsync("both leaves");
            if (round % 2 == 0)
            {
                (await HandshakeAsync(leaves[1], before)).ShouldBeFalse("a client that was not waited for must fail");
            }

            // The last leaf of the old authority expires, and the clock skew after it passes.
            await bench.Machines.PassAsync(LeafLife);
            leaves.RemoveAt(0);
            await bench.StepAsync();
            (await bench.StateAsync(active)).ShouldBe("retiring");
            leaves = [await LeafAsync(agent)];
            await TryAllAsync("old leaf ended");
            await bench.Machines.PassAsync(TimeSpan.FromMinutes(5));
            leaves = [await LeafAsync(agent)];
            await bench.StepAsync();
            (await bench.StateAsync(active)).ShouldBe("retired");
            await TryAllAsync("old bundle after the retirement");
            bundles["eager"] = await bench.FetchAsync(eager);
            await TryAllAsync("one old, one new bundle");
            bundles["late"] = await bench.FetchAsync(late);
            bundles["late"].Count.ShouldBe(2);
            await TryAllAsync("settled");
            active = next;

            async Task TryAllAsync(string phase)
            {
                foreach (var leaf in leaves)
                {
                    foreach (var (client, bundle) in bundles)
                    {
                        (await HandshakeAsync(leaf, bundle)).ShouldBeTrue($"round {round}, {phase}, {client}");
                        handshakes++;
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"figure: rotation: {rounds} complete rotations, {handshakes} handshakes, 0 failed"
        );

        async Task<bool> HandshakeAsync(KeyAndCertificate leaf, X509Certificate2Collection bundle)
        {
            var (left, right) = DuplexStream.CreatePair();
            await using var server = new SslStream(left);
            await using var client = new SslStream(right);
            var isTrusted = false;
            var accept = server.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = leaf.Context },
                Cancel
            );
            var connect = client.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "docs." + bench.Machines.Tunnel.Text("domain"),
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    {
                        isTrusted =
                            !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                            && Trusts((X509Certificate2)certificate!, chain!, bundle, bench.Service.Time.GetUtcNow());
                        return isTrusted;
                    },
                },
                Cancel
            );
            try
            {
                await Task.WhenAll(accept, connect);
            }
            catch (Exception refused) when (!isTrusted && refused is AuthenticationException or IOException)
            {
                // The verdict is what this test asks for.
            }

            return isTrusted;
        }
    }

    // What a client does that trusts this bundle alone, at the service's time.
    private static bool Trusts(
        X509Certificate2 leaf,
        X509Chain sent,
        X509Certificate2Collection bundle,
        DateTimeOffset now
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(bundle);
        chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(leaf);
    }

    private static async Task<KeyAndCertificate> LeafAsync(HttpClient agent)
    {
        var key = CertificateRequests.NewKey();
        var answer = await agent.PostOkAsync(
            "/v1/agent/server_certificates",
            JsonSerializer.Serialize(new { csr = CertificateRequests.Create(key) })
        );
        var document = answer.Deserialize(WireJson.Default.ServerCertificateDocument)!;
        return KeyAndCertificate.Create(document.Certificate, key);
    }
}
