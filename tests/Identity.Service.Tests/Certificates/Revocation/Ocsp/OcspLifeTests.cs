using System.Net;
using System.Security.Cryptography;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Revocation.Ocsp;

/// <summary>Answers and responders over time, at their limits, and on two nodes.</summary>
public sealed class OcspLifeTests
{
    private const int TryLater = 3;
    private const int Unauthorized = 6;
    private const string NeverIssued = "01000000000000000000000000000000ab";

    [Fact]
    public async Task Answer_FirstHalfOfItsLife_IsTheSame()
    {
        await using var bench = await StartAsync();
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        var half = bench.Bench.Service.Options.Certificates.OcspLife / 2;
        var first = await client.AskAsync(serial);

        bench.Bench.Service.Time.Advance(half - TimeSpan.FromSeconds(1));
        var same = await client.AskAsync(serial);
        bench.Bench.Service.Time.Advance(TimeSpan.FromSeconds(2));
        var next = await client.AskAsync(serial);

        same.ProducedAt.ShouldBe(first.ProducedAt);
        next.ProducedAt.ShouldBeGreaterThan(first.ProducedAt);
    }

    [Fact]
    public async Task Responder_InItsLastThird_IsRenewedAndVerified()
    {
        await using var bench = await StartAsync();
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        var first = await ResponderAsync(client, serial);

        bench.Bench.Service.Time.Advance(TimeSpan.FromHours(12));
        (await ResponderAsync(client, serial)).ShouldBe(first);
        await bench.Bench.JumpAsync(TimeSpan.FromHours(13));
        var second = await ResponderAsync(client, serial);

        second.ShouldNotBe(first);
        (await client.OpensslAsync(serial, "-no_nonce")).ShouldContain("Response verify OK");
    }

    [Fact]
    public async Task Answer_OfAResponderThatEndsSooner_EndsWithIt()
    {
        await using var bench = await StartAsync(certificates: options =>
            options with
            {
                OcspLife = TimeSpan.FromHours(30),
            }
        );
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;

        var answer = await client.AskAsync(serial);

        answer.Responses.Single().NextUpdate.ShouldBe(answer.GetCerts().Single().NotAfter);
    }

    [Fact]
    public async Task Answer_LifeIsShortened_IsNotKeptForTheFormerOne()
    {
        await using var bench = await StartAsync(certificates: options =>
            options with
            {
                OcspLife = TimeSpan.FromHours(10),
            }
        );
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        var first = (await client.AskAsync(serial)).Responses.Single();
        bench.Bench.Service.Time.Advance(TimeSpan.FromMinutes(6));
        (await client.AskAsync(serial)).Responses.Single().ThisUpdate.ShouldBe(first.ThisUpdate);

        await bench.Bench.Service.ReloadAsync(options =>
            options with
            {
                Certificates = options.Certificates with { OcspLife = TimeSpan.FromMinutes(10) },
            }
        );

        var next = (await client.AskAsync(serial)).Responses.Single();
        next.ThisUpdate.ShouldBeGreaterThan(first.ThisUpdate);
        (next.NextUpdate!.Value - next.ThisUpdate).ShouldBe(TimeSpan.FromMinutes(10));
    }

    // Requests about the certificates of a retiring authority must not prolong its life.
    [Fact]
    public async Task Responder_OutlivingEveryLeaf_DoesNotKeepItsAuthority()
    {
        await using var bench = await StartAsync(certificates: options =>
            options with
            {
                ServerLife = TimeSpan.FromHours(1),
            }
        );
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        var store = bench.Bench.Service.Get<CertificateStore>();
        var before = await store.LastNotAfterAsync(bench.AuthorityId, TestContext.Current.CancellationToken);

        (await client.AskAsync(serial)).GetCerts().Single().NotAfter.ShouldBeGreaterThan(before!.Value.UtcDateTime);

        (await store.LastNotAfterAsync(bench.AuthorityId, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    // The key of a trust-only authority is not ours to use.
    [Fact]
    public async Task Authority_WithoutItsKeyHere_IsUnauthorized()
    {
        await using var bench = await StartAsync();
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        using (var connection = bench.Bench.Service.Get<Database>().OpenWrite())
        {
            connection.Execute("UPDATE certificate_authorities SET custody = 'trust_only'");
        }

        (await client.StatusAsync(client.Request(serial))).ShouldBe(Unauthorized);
    }

    [Fact]
    public async Task Signatures_BeyondTheirLimit_AreTryLaterAndKeptAnswersGoOut()
    {
        await using var bench = await StartAsync(limits =>
            limits with
            {
                OcspSignatures = new RateLimit(2, OneMinute),
            }
        );
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        (await client.StateAsync(serial)).ShouldBe("good");
        (await client.StateAsync(serial, [1])).ShouldBe("good");

        (await client.StatusAsync(client.Request(serial, [2]))).ShouldBe(TryLater);
        (await client.StateAsync(serial)).ShouldBe("good");
        bench.Bench.Service.Time.Advance(OneMinute);
        (await client.StateAsync(serial, [2])).ShouldBe("good");
    }

    // Any client can name nonces and serial numbers without end.
    [Theory]
    [InlineData(true, TryLater)]
    [InlineData(false, Unauthorized)]
    public async Task Signatures_FloodOfNoncesOrUnknownSerials_LeavesIssuedOnesTheirs(bool hasNonce, int refusal)
    {
        await using var bench = await StartAsync(limits =>
            limits with
            {
                OcspSignatures = new RateLimit(20, OneMinute),
            }
        );
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        List<int> answers = [];
        for (byte i = 0; i < 30; i++)
        {
            var request = hasNonce ? client.Request(serial, [i]) : client.Request($"{NeverIssued}{i:x2}");
            answers.Add(await client.StatusAsync(request));
        }

        answers[..2].ShouldAllBe(status => status == 0);
        answers[2..].ShouldAllBe(status => status == refusal);
        (await client.StateAsync(serial)).ShouldBe("good");
    }

    [Fact]
    public async Task Answer_ForTheSameUnknownSerial_IsSignedOnce()
    {
        await using var bench = await StartAsync(limits =>
            limits with
            {
                OcspSignatures = new RateLimit(2, OneMinute),
            }
        );
        var (_, client) = await ServeAsync(bench);
        using var __ = client;

        (await client.StateAsync(NeverIssued + "00")).ShouldBe("unknown");
        (await client.StateAsync(NeverIssued + "00")).ShouldBe("unknown");
        (await client.StatusAsync(client.Request(NeverIssued + "01"))).ShouldBe(Unauthorized);
        using var response = await client.PostAsync(client.Request(NeverIssued + "00"));
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Requests_OfAllAddressesBeyondTheirLimit_AreTryLater()
    {
        await using var bench = await StartAsync(limits => limits with { OcspTotal = new RateLimit(1, OneSecond) });
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        (await client.StateAsync(serial)).ShouldBe("good");

        (await client.StatusAsync(client.Request(serial))).ShouldBe(TryLater);
        bench.Bench.Service.Time.Advance(OneSecond);
        (await client.StateAsync(serial)).ShouldBe("good");
    }

    [Fact]
    public async Task Requests_OfOneAddressBeyondItsLimit_Are429()
    {
        await using var bench = await StartAsync(limits =>
            limits with
            {
                ListsPerAddress = new RateLimit(1, OneMinute),
            }
        );
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        (await client.StateAsync(serial)).ShouldBe("good");

        using var refused = await client.PostAsync(client.Request(serial));
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Clock_NotToBeReliedOn_SignsNothingNew()
    {
        await using var bench = await StartAsync();
        var service = bench.Bench.Service;
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        (await client.StateAsync(serial)).ShouldBe("good");

        service.Time.StepWallClock(TimeSpan.FromMinutes(5));

        (await client.StateAsync(serial)).ShouldBe("good"); // kept
        (await client.StatusAsync(client.Request(serial, [1]))).ShouldBe(TryLater);
        service.Get<ClockGuard>().Confirm();
        (await client.StateAsync(serial, [1])).ShouldBe("good");
    }

    // An authority for server certificates alone cannot certify a responder: it answers itself (RFC 6960 §4.2.2.2).
    [Fact]
    public async Task Authority_ThatRulesAResponderOut_SignsItself()
    {
        await using var bench = new RevocationBench { IsForServersAlone = true };
        await bench.InitializeAsync();
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;

        var answer = await client.AskAsync(serial);

        answer.GetCerts().ShouldBeEmpty();
        var output = await client.OpensslAsync(serial, "-nonce");
        output.ShouldContain("Response verify OK");
        output.ShouldContain(": good");
    }

    [Theory]
    [InlineData("suspended", true)]
    [InlineData("retiring", true)]
    [InlineData("tainted", true)]
    [InlineData("retired", false)]
    [InlineData("deleted", false)]
    public async Task Authority_InEachState_AnswersWhileItIsTrusted(string state, bool answers)
    {
        await using var bench = await StartAsync();
        var (serial, client) = await ServeAsync(bench);
        using var _ = client;
        using (var connection = bench.Bench.Service.Get<Database>().OpenWrite())
        {
            connection.Execute("UPDATE certificate_authorities SET state = @state", new { state });
        }

        (await client.StatusAsync(client.Request(serial))).ShouldBe(answers ? 0 : Unauthorized);
    }

    [Fact]
    public async Task Leaf_ByDefault_BearsNoResponder()
    {
        await using var bench = await StartAsync(certificates: options =>
            options with
            {
                ResponderAddress = ResponderAddress.Never,
            }
        );
        var (certificate, _) = await bench.ServeAsync("one");

        OcspTests.ResponderOf(certificate).ShouldBeNull();
    }

    [Theory]
    [InlineData(24, false)]
    [InlineData(25, true)]
    public async Task Leaf_LongLived_BearsTheConfiguredResponder(int hours, bool bears)
    {
        await using var bench = await StartAsync(certificates: options =>
            options with
            {
                ResponderAddress = ResponderAddress.LongLived,
                ServerLife = TimeSpan.FromHours(hours),
                OcspUrl = "http://ocsp.test",
            }
        );
        var (certificate, _) = await bench.ServeAsync("one");

        OcspTests.ResponderOf(certificate).ShouldBe(bears ? $"http://ocsp.test/v1/ocsp/{bench.AuthorityId}" : null);
    }

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);

    private static async Task<RevocationBench> StartAsync(
        Func<LimitOptions, LimitOptions>? limits = null,
        Func<CertificateOptions, CertificateOptions>? certificates = null
    )
    {
        var bench = new RevocationBench
        {
            Adjust = options =>
                options with
                {
                    Limits = limits?.Invoke(options.Limits) ?? options.Limits,
                    Certificates = certificates?.Invoke(options.Certificates) ?? options.Certificates,
                },
        };
        await bench.InitializeAsync();
        return bench;
    }

    private static async Task<(string Serial, OcspClient Client)> ServeAsync(RevocationBench bench)
    {
        var (certificate, _) = await bench.ServeAsync("one");
        return (certificate.Text("serial"), OcspClient.Of(bench, certificate));
    }

    private static async Task<string> ResponderAsync(OcspClient client, string serial) =>
        (await client.AskAsync(serial, RandomNumberGenerator.GetBytes(16))).GetCerts().Single().SerialNumber.ToString();
}
