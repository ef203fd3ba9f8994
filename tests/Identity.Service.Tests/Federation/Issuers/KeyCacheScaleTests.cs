using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Issuers;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Issuers;

public sealed class KeyCacheScaleTests(ITestOutputHelper output)
{
    private const int Issuers = 1000;
    private const int KeysEach = 20;
    private const long Megabyte = 1024 * 1024;

    [Fact]
    [Trait("Level", "full")]
    public async Task Caches_OfAThousandIssuersWithTwentyKeys_AreSmall()
    {
        var documents = Enumerable.Range(0, Issuers).Select(Document).ToList();
        var bench = new KeyCacheBench();
        var before = (Managed: GC.GetTotalMemory(forceFullCollection: true), Resident: Resident());

        var caches = new List<IssuerKeys>(Issuers);
        foreach (var document in documents)
        {
            bench.Serve(document);
            var keys = await bench.StartAsync();
            (await keys.FindAsync("k-7", TestContext.Current.CancellationToken)).Outcome.ShouldBe(
                KeyLookupOutcome.Found
            );
            caches.Add(keys);
        }

        var managed = Managed() - before.Managed;
        var resident = Resident() - before.Resident;
        output.WriteLine($"managed {managed / Megabyte} MB, resident {resident / Megabyte} MB");
        managed.ShouldBeLessThan(30 * Megabyte);
        caches.Count.ShouldBe(Issuers);
    }

    // Odd numbers of the right length: the test does not verify with them.
    private static string Document(int issuer)
    {
        var keys = new JsonArray();
        for (var i = 0; i < KeysEach; i++)
        {
            var modulus = RandomNumberGenerator.GetBytes(256);
            modulus[0] |= 0x80;
            modulus[^1] |= 1;
            keys.Add(
                new JsonObject
                {
                    ["kty"] = "RSA",
                    ["use"] = "sig",
                    ["kid"] = $"k-{i}",
                    ["n"] = TestIdentityProvider.Encode(modulus),
                    ["e"] = "AQAB",
                }
            );
        }

        return new JsonObject { ["keys"] = keys, ["issuer"] = issuer }.ToJsonString();
    }

    // Memory that the garbage collector only reserves is not memory of the caches.
    private static long Managed()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static long Resident() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture)
        * Environment.SystemPageSize;
}
