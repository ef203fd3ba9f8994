using System.Net;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Configuration.Reload;

/// <summary><c>sign_in</c>, <c>mail</c> and <c>drain_delay</c>, changed while the service runs.</summary>
public sealed class ConsoleReloadTests : IAsyncLifetime
{
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() => service = await ServiceUnderTest.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task AdminKeysTurnedOff_EndsTheirSessions()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.OK);

        await service.ReloadAsync(options => options with { SignIn = options.SignIn with { AdminKeys = false } });

        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.SeeOther);
        (await browser.OpenAsync("/console/sign-in")).ShouldContain("Sign-in is not possible");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Session_CountsForTheNextSignIn_IdleAtOnce(bool isIdle)
    {
        using var before = await ConsoleBrowser.SignedInAsync(service);
        await service.ReloadAsync(options =>
            options with
            {
                SignIn = isIdle
                    ? options.SignIn with
                    {
                        Idle = TimeSpan.FromMinutes(2),
                    }
                    : options.SignIn with
                    {
                        Session = TimeSpan.FromMinutes(5),
                    },
            }
        );
        using var after = await ConsoleBrowser.SignedInAsync(service);

        service.Time.Advance(TimeSpan.FromMinutes(6));

        (await StatusAsync(before)).ShouldBe(isIdle ? HttpStatusCode.SeeOther : HttpStatusCode.OK);
        (await StatusAsync(after)).ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Mail_CountsForTheNextAddress()
    {
        const string Body = """{"url":"mailto:a@example.com"}""";
        await service.Api.PostAsync("/v1/webhooks", Body).ShouldRefuseAsync(HttpStatusCode.BadRequest, "webhook.mail");

        await service.ReloadAsync(options =>
            options with
            {
                Mail = new()
                {
                    Host = "relay.test",
                    From = "culvert@example.com",
                    RecipientDomains = ["example.com"],
                },
            }
        );

        await service.Api.PostOkAsync("/v1/webhooks", Body);
    }

    [Fact]
    public async Task DrainDelay_CountsForTheNextStop()
    {
        await service.ReloadAsync(options => options with { DrainDelay = TimeSpan.FromSeconds(10) });

        var draining = service.Get<ServiceDrain>().RunAsync();

        draining.IsCompleted.ShouldBeFalse();
        service.Time.Advance(TimeSpan.FromSeconds(10));
        await draining;
    }

    private static async Task<HttpStatusCode> StatusAsync(ConsoleBrowser browser)
    {
        using var answer = await browser.GetAsync("/console/tunnels");
        return answer.StatusCode;
    }
}
