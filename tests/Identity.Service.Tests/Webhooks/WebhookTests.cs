using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Webhooks;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Webhooks;

public sealed class WebhookTests : IAsyncLifetime
{
    private readonly ScriptedWebhookSender receiver = new();
    private ServiceUnderTest service = null!;

    private WebhookDeliverer Deliverer => service.Get<WebhookDeliverer>();

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(services => services.AddSingleton<IWebhookSender>(receiver));

    [Fact]
    public async Task Test_OfAWebhook_IsSentSignedByItsSecret()
    {
        var hook = await CreateAsync();

        await service.Api.PostOkAsync($"/v1/webhooks/{hook.Id()}/test");
        await DeliverAsync(1);

        var (url, headers, body) = receiver.Sent.ShouldHaveSingleItem();
        url.ShouldBe("https://hooks.test/x");
        JsonDocument.Parse(body).RootElement.Text("type").ShouldBe("webhook.test");
        headers["webhook-signature"].ShouldBe(Expected(hook.Text("secret"), headers, body));
        var deliveries = await service.Api.GetOkAsync($"/v1/webhooks/{hook.Id()}/deliveries");
        deliveries.GetProperty("data")[0].Text("state").ShouldBe("delivered");
    }

    [Fact]
    public async Task Webhook_ShowsItsSecretOnceAndForgetsItWhenArchived()
    {
        var hook = await CreateAsync();
        var path = $"/v1/webhooks/{hook.Id()}";

        hook.Text("secret").ShouldStartWith("whsec_");
        (await service.Api.GetOkAsync(path)).TryGetProperty("secret", out _).ShouldBeFalse();
        (await service.Api.GetOkAsync("/v1/webhooks")).GetProperty("data").GetArrayLength().ShouldBe(1);
        (await service.Api.PostOkAsync(path + "/archive")).Text("archived_at").ShouldNotBeEmpty();
        await service.Api.PostOkAsync(path + "/archive");
        await service
            .Api.PostAsync(path + "/test", null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "webhook.archived");
        (await service.Api.GetOkAsync("/v1/webhooks")).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Create_MoreThanTheLimit_IsRefused()
    {
        for (var i = 0; i < WebhookQueue.MostWebhooks; i++)
        {
            await CreateAsync();
        }

        await service
            .Api.PostAsync("/v1/webhooks", """{"url":"https://hooks.test/x"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "webhook.limit");
    }

    [Fact]
    public async Task Test_ManyAtOnce_IsLimitedPerCaller()
    {
        await using var limited = await ServiceUnderTest.StartAsync(
            services => services.AddSingleton<IWebhookSender>(receiver),
            options =>
                options with
                {
                    Limits = options.Limits with { CostlyPerCaller = new RateLimit(2, TimeSpan.FromMinutes(1)) },
                }
        );
        const string body = """{"url":"https://hooks.test/x"}""";
        var hook = await limited.Api.PostOkAsync("/v1/webhooks", body);
        await limited.Api.PostOkAsync($"/v1/webhooks/{hook.Id()}/test");

        await limited
            .Api.PostAsync($"/v1/webhooks/{hook.Id()}/test", null)
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
        await limited
            .Api.PostAsync("/v1/webhooks", body)
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
    }

    [Theory]
    [InlineData("""{"url":"http://hooks.test/x"}""", "webhook.url")]
    [InlineData("""{"url":"https://user:pw@hooks.test/x"}""", "webhook.url")]
    [InlineData("""{"url":"https://hooks.test/x#y"}""", "webhook.url")]
    [InlineData("""{"url":"hooks"}""", "webhook.url")]
    [InlineData("""{"url":"https://hooks.test/x","allowed_targets":["10.0.0.0/8"]}""", "request.invalid")]
    [InlineData("""{"url":"https://hooks.test/x","ca_certificate_pem":"x"}""", "request.invalid")]
    [InlineData("""{"url":"https://hooks.test/x","secret":"mine"}""", "request.invalid")]
    [InlineData("""{"url":"https://hooks.test/x","format":"Standard"}""", "request.invalid")]
    [InlineData("""{"url":"https://hooks.test/x","audience":"a"}""", "request.invalid")]
    [InlineData("""{"url":"https://hooks.test/x","format":"security_event_token"}""", "request.invalid")]
    [InlineData("""{"url":"https://hooks.test/x","format":"security_event_token","audience":""}""", "request.invalid")]
    [InlineData(
        """{"url":"https://hooks.test/x","format":"security_event_token","audience":"a\n"}""",
        "request.invalid"
    )]
    [InlineData(
        """{"url":"https://hooks.test/x","format":"security_event_token","audience":"a","can_decide":true}""",
        "request.invalid"
    )]
    [InlineData("""{"url":"mailto:a@example.com","format":"standard"}""", "request.invalid")]
    public Task Create_Malformed_IsRefused(string body, string code) =>
        service.Api.PostAsync("/v1/webhooks", body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);

    [Theory]
    [InlineData(1024, HttpStatusCode.OK)]
    [InlineData(1025, HttpStatusCode.BadRequest)]
    public async Task Create_AudienceOfALength_IsAcceptedUpToTheLimit(int length, HttpStatusCode status)
    {
        var audience = new string('a', length);

        using var answer = await service.Api.PostAsync(
            "/v1/webhooks",
            $$"""{"url":"https://hooks.test/x","format":"security_event_token","audience":"{{audience}}"}"""
        );

        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Create_PrivateAddress_IsRefused()
    {
        receiver.CheckFault = "hooks.test has the address 10.0.0.1, which is not public.";

        await service
            .Api.PostAsync("/v1/webhooks", """{"url":"https://hooks.test/x"}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "webhook.url");
    }

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    // As a receiver's library computes it.
    private static string Expected(string secret, IReadOnlyDictionary<string, string> headers, string body)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var signed = Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}");
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    // The service's own loop may have been faster.
    private async Task DeliverAsync(int attempts)
    {
        await Eventually.UntilAsync(
            async () =>
            {
                await Deliverer.RunAsync(TestContext.Current.CancellationToken);
                return receiver.Sent.Count >= attempts && await SettledAsync();
            },
            TestContext.Current.CancellationToken
        );
        receiver.Sent.Count.ShouldBe(attempts);
    }

    private async Task<bool> SettledAsync()
    {
        var hooks = await service.Api.GetOkAsync("/v1/webhooks");
        var path = $"/v1/webhooks/{hooks.GetProperty("data")[0].Id()}/deliveries";
        return (await service.Api.GetOkAsync(path))
            .GetProperty("data")
            .EnumerateArray()
            .All(one => one.Text("state") == "delivered");
    }

    private Task<JsonElement> CreateAsync() =>
        service.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.test/x"}""");
}
