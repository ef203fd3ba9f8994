using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Signals;

/// <summary>After a long outage of the service, or of the way to the transmitter, many tokens wait.</summary>
public sealed class SignalPollDrainTests : SignalPollTest
{
    [Fact]
    public async Task Poll_TenThousandTokens_AreAllAcknowledgedWithinBoundedMemory()
    {
        const int Tokens = 10_000;
        for (var i = 0; i < Tokens; i++)
        {
            var claims = Bench.Claims(SignalEvents.Risc + "account-enabled");
            Transmitter.Offer(
                claims["jti"]!.GetValue<string>(),
                Federated.Provider.SignEc(claims, """{"alg":"ES256","kid":"ec-1","typ":"secevent+jwt"}""")
            );
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var rounds = 0; Transmitter.Waiting > 0 && rounds < 5; rounds++)
        {
            await PollAfterAsync(TimeSpan.FromSeconds(5));
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(64 << 20);
        Transmitter.Waiting.ShouldBe(0);
        Transmitter.Acknowledged.Distinct().Count().ShouldBe(Tokens);
        Transmitter.Reported.ShouldBe("{}");
    }
}
