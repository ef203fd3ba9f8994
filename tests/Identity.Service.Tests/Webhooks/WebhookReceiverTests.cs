using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Addresses;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Webhooks;

/// <summary>Webhooks end to end: API, queue, signature and the vetting fetcher, against a receiver over real TLS.</summary>
public sealed class WebhookReceiverTests : IAsyncLifetime
{
    private const string Name = "hooks.test";

    private readonly TestPki pki = new();
    private readonly List<WebhookReceiver> receivers = [];
    private ServiceUnderTest service = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        service = await ServiceUnderTest.StartAsync(options: options =>
            options with
            {
                PrivateIssuerNetworks = [new PrivateNetwork(IPNetwork.Parse("127.0.0.0/8"), Port: null)],
            }
        );
        service.Names.Set(Name, "127.0.0.1");
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        foreach (var receiver in receivers)
        {
            await receiver.DisposeAsync();
        }
    }

    [Fact]
    public async Task Deliver_Message_IsTakenAndItsSignatureHolds()
    {
        var receiver = await ReceiverAsync();
        var hook = await CreateAsync(receiver);

        await SendAsync(hook);
        await UntilAsync(hook, "delivered");

        var message = receiver.Messages.ShouldHaveSingleItem();
        message.IsSignedBy(hook.Text("secret")).ShouldBeTrue();
        message.IsSignedBy("whsec_" + Convert.ToBase64String(new byte[32])).ShouldBeFalse();
        (message with { Body = Encoding.UTF8.GetBytes("{}") }).IsSignedBy(hook.Text("secret")).ShouldBeFalse();
        (message with { Timestamp = "0" }).IsSignedBy(hook.Text("secret")).ShouldBeFalse();
        message.Timestamp.ShouldBe($"{service.Time.GetUtcNow().ToUnixTimeSeconds()}");
    }

    [Fact]
    public async Task Deliver_StatusOf500_ComesAgainWithTheSameIdAndANewSignature()
    {
        var answers = new Queue<int>([500, 204]);
        var receiver = await ReceiverAsync(context =>
        {
            context.Response.StatusCode = answers.Dequeue();
            return Task.CompletedTask;
        });
        var hook = await CreateAsync(receiver);
        await SendAsync(hook);
        (await UntilAsync(hook, "pending", attempts: 1)).Text("last_error").ShouldContain("status 500");

        service.Time.Advance(TimeSpan.FromSeconds(4));
        await DelivererRunAsync();
        receiver.Messages.Count.ShouldBe(1, "back-off: five seconds at least");
        service.Time.Advance(TimeSpan.FromSeconds(2));
        await UntilAsync(hook, "delivered");

        receiver.Messages.Count.ShouldBe(2);
        receiver.Messages.Select(message => message.Id).Distinct().ShouldHaveSingleItem();
        receiver.Messages.Select(message => message.Signature).Distinct().Count().ShouldBe(2);
        receiver.Messages.ShouldAllBe(message => message.IsSignedBy(hook.Text("secret")));
    }

    [Fact]
    public async Task Deliver_ReceiverThatNeverAnswers_IsGivenUpAfterTheTimeLimitAndTriedAgain()
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var receiver = await ReceiverAsync(context =>
        {
            received.TrySetResult();
            return Never.RespondAsync(context.RequestAborted);
        });
        var hook = await CreateAsync(receiver);
        await SendAsync(hook);
        await received.Task.WaitAsync(Eventually.Limit, Token);

        service.Time.Advance(TimeSpan.FromSeconds(10));

        (await UntilAsync(hook, "pending", attempts: 1))
            .Text("last_error")
            .ShouldBe("hooks.test did not finish its response within 10 s.");
    }

    [Fact]
    public async Task Deliver_ConnectionThatIsReset_IsAFailedAttempt()
    {
        var receiver = await ReceiverAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var hook = await CreateAsync(receiver);

        await SendAsync(hook);

        (await UntilAsync(hook, "pending", attempts: 1)).Text("last_error").ShouldContain("sent a malformed response");
    }

    [Theory]
    [InlineData("authority")]
    [InlineData("name")]
    [InlineData("ended")]
    public async Task Deliver_CertificateThatIsNotAccepted_IsNamedAndNothingIsSent(string fault)
    {
        var receiver = await WebhookReceiver.StartAsync(
            pki.Issue(
                dnsNames: [fault == "name" ? "other.test" : Name],
                usages: [TestPki.ServerAuthentication],
                notAfter: fault == "ended" ? pki.Now - TimeSpan.FromSeconds(1) : null
            ),
            pki.Issuing
        );
        receivers.Add(receiver);
        var root = fault == "authority" ? new TestPki(name: "Other") : pki;
        var hook = await CreateAsync(receiver, root.RootPem);

        await SendAsync(hook);

        (await UntilAsync(hook, "pending", attempts: 1))
            .Text("last_error")
            .ShouldBe("The certificate of hooks.test is not trusted.");
        receiver.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deliver_Redirect_IsNotFollowed()
    {
        var receiver = await ReceiverAsync(context =>
        {
            context.Response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        var hook = await CreateAsync(receiver);

        await SendAsync(hook);

        (await UntilAsync(hook, "pending", attempts: 1)).Text("last_error").ShouldContain("redirect (307)");
        receiver.Messages.Select(message => message.Path).ShouldBe(["/x"]);
    }

    // S27: the address is vetted at each connection, on what the name means then.
    [Fact]
    public async Task Deliver_NameThatMovesToAPrivateAddress_IsRefused()
    {
        var receiver = await ReceiverAsync();
        service.Names.Set(Name, "203.0.114.7");
        var hook = await service.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.test/x"}""");
        service.Names.Set(Name, "10.0.0.5");

        await SendAsync(hook);

        (await UntilAsync(hook, "pending", attempts: 1))
            .Text("last_error")
            .ShouldContain("10.0.0.5, which is not public and not among the allowed targets");
        receiver.Messages.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1", "[]", "not among the allowed targets")]
    [InlineData("10.0.0.5", """["10.0.0.0/8:443"]""", "outside private_issuer_networks for port 443")]
    [InlineData("10.0.0.5", """["10.0.0.0/8:8443"]""", "not among the allowed targets")]
    [InlineData("169.254.169.254", """["169.254.0.0/16:443"]""", "never fetched from")]
    public async Task Create_AddressThatIsNotOpen_IsRefusedWithTheRule(string address, string targets, string expected)
    {
        service.Names.Set(Name, address);
        using var body = new StringContent(
            $$"""{"url":"https://hooks.test/x","allowed_targets":{{targets}}}""",
            Encoding.UTF8,
            "application/json"
        );

        using var answer = await service.Api.PostAsync("/v1/webhooks", body, Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Token)).ShouldContain(expected);
    }

    [Fact]
    public async Task Deliver_SlowReceiver_DoesNotHoldOthersNorWhatComesLater()
    {
        var slow = await ReceiverAsync(context => Never.RespondAsync(context.RequestAborted));
        var quick = await ReceiverAsync();
        var hanging = await CreateAsync(slow);
        var hook = await CreateAsync(quick);
        await SendAsync(hanging);
        await Eventually.UntilAsync(() => slow.Messages.Count == 1, Token);

        // The first is still being sent; its time limit is the fake clock's and does not pass.
        for (var n = 1; n <= 3; n++)
        {
            await SendAsync(hook);
            await Eventually.UntilAsync(() => quick.Messages.Count == n, Token);
        }

        (await DeliveryAsync(hanging)).Text("state").ShouldBe("pending");
    }

    private async Task<WebhookReceiver> ReceiverAsync(RequestDelegate? answer = null)
    {
        var leaf = pki.Issue(dnsNames: [Name], usages: [TestPki.ServerAuthentication]);
        var receiver = await WebhookReceiver.StartAsync(leaf, pki.Issuing, answer);
        receivers.Add(receiver);
        return receiver;
    }

    private Task<JsonElement> CreateAsync(WebhookReceiver receiver, string? rootPem = null) =>
        service.Api.PostOkAsync(
            "/v1/webhooks",
            new JsonObject
            {
                ["url"] = $"https://{Name}:{receiver.Port}/x",
                ["allowed_targets"] = new JsonArray($"127.0.0.0/8:{receiver.Port}"),
                ["ca_certificate_pem"] = rootPem ?? pki.RootPem,
            }.ToJsonString()
        );

    private Task SendAsync(JsonElement hook) => service.Api.PostOkAsync($"/v1/webhooks/{hook.Id()}/test");

    private Task DelivererRunAsync() => service.Get<WebhookDeliverer>().RunAsync(Token);

    private async Task<JsonElement> UntilAsync(JsonElement hook, string state, int attempts = 0)
    {
        JsonElement delivery = default;
        await Eventually.UntilAsync(
            async () =>
            {
                // The service's own loop runs when it is notified, or by the fake clock.
                await DelivererRunAsync();
                delivery = await DeliveryAsync(hook);
                return delivery.Text("state") == state
                    && delivery.GetProperty("attempts").GetInt32() >= attempts
                    && (state != "pending" || delivery.GetProperty("last_error").ValueKind == JsonValueKind.String);
            },
            Token
        );
        return delivery;
    }

    private async Task<JsonElement> DeliveryAsync(JsonElement hook) =>
        (await service.Api.GetOkAsync($"/v1/webhooks/{hook.Id()}/deliveries")).GetProperty("data")[0];
}
