using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Servers.Calls;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Webhooks;

/// <summary>Approvers get mail: API, queue, SMTP client and TLS, against a relay on loopback.</summary>
public sealed class MailTests : IAsyncDisposable
{
    private const string Address = "approvers@example.com";

    private readonly TestPki pki = new(TimeProvider.System.GetUtcNow());
    private readonly string folder = Directory.CreateTempSubdirectory("mail").FullName;
    private MailRelay relay = null!;
    private CallApprovalScene scene = null!;

    public async ValueTask DisposeAsync()
    {
        if (scene is not null)
        {
            await scene.DisposeAsync();
        }

        await relay.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requested_IsMailedOverTls_WithoutValuesOfArguments(bool isImplicit)
    {
        await StartAsync(isImplicit);
        var hook = await RegisterAsync();
        hook.TryGetProperty("secret", out _).ShouldBeFalse();

        var ticket = await scene.Agent.AskAsync(
            CallRequests.Body(
                1,
                subject: "alice\\u202e\\r\\nBcc: eve@example.com",
                arguments: """{"at":"/amount","shape":"number","value":"9123456789012"}"""
            )
        );
        await UntilAsync(hook, 1, "delivered");

        var mail = relay.Mails.ShouldHaveSingleItem();
        mail.IsSecure.ShouldBeTrue();
        mail.User.ShouldBe("culvert");
        mail.From.ShouldStartWith("MAIL FROM:<culvert@example.com>");
        mail.To.ShouldBe($"RCPT TO:<{Address}>");
        var message = mail.Message;
        message.Subject.ShouldBe("Approval needed: tool pay");
        message.To.ToString().ShouldBe(Address);
        message.Bcc.ShouldBeEmpty();
        message.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        var text = message.TextBody!;
        text.ShouldContain(@"Caller:   alice\u202e\u000d\u000aBcc: eve@example.com");
        text.ShouldContain(ticket.Id());
        text.ShouldContain("/console/approvals");
        text.ShouldNotContain("9123456789012");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Requested_WithALongNameThatBreaksLines_StaysOneHeader()
    {
        await StartAsync();
        var hook = await RegisterAsync();

        await scene.Agent.AskAsync(CallRequests.Body(1, name: "pay\\nSubject: x" + new string('ü', 2000)));
        await UntilAsync(hook, 1, "delivered");

        var message = relay.Mails.ShouldHaveSingleItem().Message;
        message.Subject.ShouldStartWith(@"Approval needed: tool pay\u000aSubject: xüü");
        message.Subject.Length.ShouldBeLessThan(100);
        message.Headers.Count(header => header.Field == "Subject").ShouldBe(1);
    }

    [Fact]
    public async Task Decided_IsNotMailed_AndManyRequestsAreSummarized()
    {
        await StartAsync();
        var hook = await RegisterAsync();
        for (var i = 1; i <= 8; i++)
        {
            var ticket = await scene.Agent.AskAsync(CallRequests.Body(i));
            await scene.Api.PostOkAsync($"/v1/tunnels/{scene.TunnelId}/approvals/{ticket.Id()}/approve");
        }

        (await DeliveriesAsync(hook))
            .Select(one => one.Text("event"))
            .Order()
            .ShouldBe([.. Enumerable.Repeat("approval.requested", 5), "approval.summary"]);
        await UntilAsync(hook, 5, "delivered", "approval.requested"); // the deadline of an attempt would pass, too
        scene.Service.Time.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(hook, 6, "delivered");

        relay.Mails.Count(mail => mail.Message.Subject == "More calls wait for approval").ShouldBe(1);
        await scene.Agent.AskAsync(CallRequests.Body(9));
        (await DeliveriesAsync(hook)).Count(one => one.Text("event") == "approval.requested").ShouldBe(6);
    }

    [Fact]
    public async Task Test_IsMailed()
    {
        await StartAsync();
        var hook = await RegisterAsync();

        await scene.Api.PostOkAsync($"/v1/webhooks/{hook.Id()}/test");
        await UntilAsync(hook, 1, "delivered");

        relay.Mails.ShouldHaveSingleItem().Message.Subject.ShouldBe("Test mail of Culvert");
    }

    [Theory]
    [InlineData("550 no such user", "failed")]
    [InlineData("451 later", "pending")]
    public async Task Refused_ByTheRelay_IsRepeatedOnlyWhereThatHelps(string reply, string state)
    {
        await StartAsync();
        relay.RecipientReply = reply;
        var hook = await RegisterAsync();

        await scene.Agent.AskAsync(CallRequests.Body(1));
        var delivery = await UntilAsync(hook, 1, state);

        delivery.Text("last_error").ShouldContain(reply[..3]);
        relay.Mails.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no STARTTLS", "does not offer STARTTLS")]
    [InlineData("unknown root", "could not be used")]
    [InlineData("wrong password", "could not be used")]
    public async Task Relay_ThatCannotBeTrusted_GetsNothing(string what, string error)
    {
        await StartAsync(offersStartTls: what != "no STARTTLS", trusts: what != "unknown root");
        relay.Password = what == "wrong password" ? "other" : relay.Password;
        var hook = await RegisterAsync();

        await scene.Agent.AskAsync(CallRequests.Body(1));
        var delivery = await UntilAsync(hook, 1, "pending");

        delivery.Text("last_error").ShouldContain(error);
        relay.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task Expired_IsNotMailed()
    {
        await StartAsync();
        relay.RecipientReply = "451 later";
        var hook = await RegisterAsync();
        await scene.Agent.AskAsync(CallRequests.Body(1));
        await UntilAsync(hook, 1, "pending");
        relay.RecipientReply = "250 ok";

        scene.Service.Time.Advance(TimeSpan.FromSeconds(CallRequests.ExpirySeconds));
        var delivery = await UntilAsync(hook, 1, "failed");

        delivery.Text("last_error").ShouldContain("expired");
        relay.Mails.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"url":"mailto:a@other.com"}""", "webhook.mail")]
    [InlineData("""{"url":"mailto:a@sub.example.com"}""", "webhook.mail")]
    [InlineData("""{"url":"mailto:a@example.com,b@example.com"}""", "webhook.mail")]
    [InlineData("""{"url":"mailto:a@example.com?cc=b@example.com"}""", "webhook.mail")]
    [InlineData("""{"url":"mailto:a%0ab@example.com\n"}""", "webhook.mail")]
    [InlineData("""{"url":"mailto:\"a b\"@example.com"}""", "webhook.mail")]
    [InlineData("""{"url":"mailto:a..b@example.com"}""", "webhook.mail")]
    [InlineData("""{"url":"mailto:@example.com"}""", "webhook.mail")]
    [InlineData("""{"url":"mailto:a@example.com","can_decide":true}""", "request.invalid")]
    [InlineData("""{"url":"mailto:a@example.com","allowed_targets":[]}""", "request.invalid")]
    public async Task Create_OfAnAddressThatGetsNoMail_IsRefused(string body, string code)
    {
        await StartAsync();

        await scene.Api.PostAsync("/v1/webhooks", body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Create_WithoutARelay_IsRefused()
    {
        await StartAsync(isConfigured: false);

        await scene
            .Api.PostAsync("/v1/webhooks", $$"""{"url":"mailto:{{Address}}"}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "webhook.mail");
    }

    private async Task StartAsync(
        bool isImplicit = false,
        bool offersStartTls = true,
        bool trusts = true,
        bool isConfigured = true
    )
    {
        relay = new MailRelay
        {
            Certificate = pki.Issue(dnsNames: ["localhost"], usages: [TestPki.ServerAuthentication]),
            Issuing = pki.Issuing,
            IsImplicit = isImplicit,
            OffersStartTls = offersStartTls,
        }.Start();
        var (ca, password) = (Path.Combine(folder, "ca.pem"), Path.Combine(folder, "password"));
        await File.WriteAllTextAsync(ca, (trusts ? pki : new TestPki()).RootPem, Cancellation);
        await File.WriteAllTextAsync(password, "secret\n", Cancellation);
        File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var mail = new MailOptions
        {
            Host = "localhost",
            Port = relay.Port,
            Tls = isImplicit ? MailTls.Implicit : MailTls.StartTls,
            CaFile = ca,
            Username = "culvert",
            Password = SecretReference.ToFile(password),
            From = "culvert@example.com",
            RecipientDomains = ["example.com"],
        };
        scene = await CallApprovalScene.StartAsync(options => isConfigured ? options with { Mail = mail } : options);
    }

    private Task<JsonElement> RegisterAsync() =>
        scene.Api.PostOkAsync("/v1/webhooks", $$"""{"url":"mailto:{{Address}}"}""");

    private async Task<JsonElement[]> DeliveriesAsync(JsonElement hook) =>
        [.. (await scene.Api.GetOkAsync($"/v1/webhooks/{hook.Id()}/deliveries")).GetProperty("data").EnumerateArray()];

    // The service's own loop may have been faster.
    private async Task<JsonElement> UntilAsync(JsonElement hook, int count, string state, string? type = null)
    {
        JsonElement[] deliveries = [];
        await Eventually.UntilAsync(
            async () =>
            {
                await scene.Service.Get<WebhookDeliverer>().RunAsync(Cancellation);
                deliveries = [.. (await DeliveriesAsync(hook)).Where(one => type is null || one.Text("event") == type)];
                return deliveries.Length == count
                    && deliveries.All(one =>
                        one.Text("state") == state
                        && (state != "pending" || one.GetProperty("last_error").ValueKind != JsonValueKind.Null)
                    );
            },
            Cancellation
        );
        return deliveries[0];
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
