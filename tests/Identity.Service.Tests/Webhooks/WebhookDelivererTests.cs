using System.Text;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Webhooks;

public abstract class WebhookDelivererTests : IDisposable
{
    private readonly StoreUnderTest store;
    private readonly WebhookStore webhooks;
    private readonly WebhookQueue queue;
    private readonly ScriptedWebhookSender receiver = new();
    private readonly WebhookDeliverer deliverer;
    private readonly Webhook webhook;

    protected WebhookDelivererTests(StorageBackend backend)
    {
        store = new StoreUnderTest(backend);
        webhooks = new WebhookStore(store.Store.Database);
        queue = new WebhookQueue(
            webhooks,
            new(new MailOptions()),
            new ServiceIdentity("https://identity.test", "https://identity.test:8444", "identity.test")
        );
        deliverer = new WebhookDeliverer(
            webhooks,
            receiver,
            queue,
            new WebhookSigner(store.Store.Sealer, keys: null!),
            store.Journal,
            store.Time,
            NullLogger<WebhookDeliverer>.Instance
        );
        var id = WebhookId.New();
        webhook = new Webhook
        {
            Id = id,
            OrganizationId = "org",
            Url = "https://hooks.test/x",
            SealedSecret = store.Store.Sealer.Seal(
                WebhookDeliverer.Table,
                id.Value,
                WebhookDeliverer.Column,
                Encoding.ASCII.GetBytes(WebhookSignature.NewSecret())
            ),
            CreatedAt = store.Time.GetStoreNow(),
        };
    }

    public sealed class OnSqlite() : WebhookDelivererTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : WebhookDelivererTests(StorageBackend.Postgres);

    [Fact]
    public async Task Run_ReceiverThatIsAway_IsTriedByTheScheduleUntilItIsGivenUp()
    {
        await EnqueueAsync();
        receiver.Fault = "It answered with status 500.";

        for (var attempt = 1; attempt <= 8; attempt++)
        {
            (await RunAsync()).ShouldBe(1);
            (await RunAsync()).ShouldBe(0, "the next attempt is not due yet");
            store.Time.Advance(TimeSpan.FromHours(11.1));
        }

        (await RunAsync()).ShouldBe(0);
        var delivery = await DeliveryAsync();
        delivery.State.ShouldBe(WebhookDelivery.Failed);
        delivery.Attempts.ShouldBe(8);
        delivery.LastError.ShouldBe(receiver.Fault);
        receiver.Sent.Select(sent => sent.Headers["webhook-id"]).Distinct().ShouldHaveSingleItem();
        store.Scalar<long>("SELECT COUNT(*) FROM journal WHERE event = 'webhook_delivery_failed'").ShouldBe(1);
    }

    [Fact]
    public async Task Run_ReceiverThatRecovers_GetsTheMessageOnceMore()
    {
        await EnqueueAsync();
        receiver.Fault = "away";
        await RunAsync();
        receiver.Fault = null;
        store.Time.Advance(TimeSpan.FromSeconds(6));
        await RunAsync();
        store.Time.Advance(TimeSpan.FromDays(1));
        await RunAsync();

        (await DeliveryAsync()).State.ShouldBe(WebhookDelivery.Delivered);
        receiver.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_ArchivedWebhook_SendsNothing()
    {
        await EnqueueAsync();
        await CommitAsync([.. WebhookStore.Archive(webhook.Id, store.Time.GetStoreNow())]);

        await RunAsync();

        receiver.Sent.ShouldBeEmpty();
        (await DeliveryAsync()).State.ShouldBe(WebhookDelivery.Failed);
    }

    [Fact]
    public async Task Run_SecretThatCannotBeOpened_CountsAsAFailedAttempt()
    {
        await CommitAsync(webhooks.Insert(webhook with { SealedSecret = [1] }, WebhookQueue.MostWebhooks));
        await CommitAsync(queue.Enqueue(webhook, "webhook.test", store.Time.GetStoreNow(), []));

        (await RunAsync()).ShouldBe(1);

        receiver.Sent.ShouldBeEmpty();
        var delivery = await DeliveryAsync();
        delivery.Attempts.ShouldBe(1);
        delivery.LastError.ShouldNotBeNull();
    }

    [Fact]
    public async Task Run_ManyMessagesToOneWebhook_TakesTwoOfThemARound()
    {
        await EnqueueAsync();
        for (var i = 0; i < 2; i++)
        {
            await CommitAsync(queue.Enqueue(webhook, "webhook.test", store.Time.GetStoreNow(), []));
        }

        (await RunAsync()).ShouldBe(2);
        (await RunAsync()).ShouldBe(1);
        (await RunAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Run_DoneAMonthAgo_IsForgotten()
    {
        await EnqueueAsync();
        await RunAsync();
        store.Time.Advance(TimeSpan.FromDays(31));

        await RunAsync();

        store.Scalar<long>("SELECT COUNT(*) FROM webhook_deliveries").ShouldBe(0);
    }

    [Fact]
    public async Task Enqueue_BeyondTheBound_IsDropped()
    {
        await CommitAsync(webhooks.Insert(webhook, WebhookQueue.MostWebhooks));
        for (var i = 0; i < 3; i++)
        {
            var delivery = new WebhookDelivery
            {
                Id = Identifier.New("msg"),
                WebhookId = webhook.Id.Value,
                Event = "x",
                Body = [],
                NextAttemptMs = store.Time.GetStoreNow().ToStore(),
                CreatedAtMs = store.Time.GetStoreNow().ToStore(),
            };
            await CommitAsync(webhooks.Enqueue(delivery, most: 2));
        }

        store.Scalar<long>("SELECT COUNT(*) FROM webhook_deliveries").ShouldBe(2);
    }

    // A holder may revoke any number of tokens, and an agent claim an instance again and again.
    [Theory]
    [InlineData(nameof(SecurityNoticeType.TokenRevoked))]
    [InlineData(nameof(SecurityNoticeType.AgentInstanceRefused))]
    public async Task Enqueue_NoticesThatCallersCauseBeyondTheirBound_LeaveRoomForOthers(string type)
    {
        await CommitAsync(
            webhooks.Insert(
                webhook with
                {
                    Format = WebhookFormat.SecurityEventToken,
                    Audience = "https://receiver.test",
                },
                WebhookQueue.MostWebhooks
            )
        );
        List<Statement> statements = [];
        for (var i = 0; i <= WebhookQueue.MostPendingOfCallers; i++)
        {
            statements.AddRange(await EnqueueAsync(Enum.Parse<SecurityNoticeType>(type)));
        }

        await CommitAsync([.. statements]);
        store.Scalar<long>("SELECT COUNT(*) FROM webhook_deliveries").ShouldBe(WebhookQueue.MostPendingOfCallers);

        await CommitAsync([.. await EnqueueAsync(SecurityNoticeType.SessionRevoked)]);
        store.Scalar<long>("SELECT COUNT(*) FROM webhook_deliveries").ShouldBe(WebhookQueue.MostPendingOfCallers + 1);
    }

    public void Dispose()
    {
        deliverer.Dispose();
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task EnqueueAsync()
    {
        await CommitAsync(webhooks.Insert(webhook, WebhookQueue.MostWebhooks));
        await CommitAsync(queue.Enqueue(webhook, "webhook.test", store.Time.GetStoreNow(), [("a", "b")]));
    }

    private ValueTask<IReadOnlyList<Statement>> EnqueueAsync(SecurityNoticeType type)
    {
        var now = store.Time.GetStoreNow();
        return queue.EnqueueAsync(
            new SecurityNotice(type, webhook.OrganizationId, SecurityNotice.Opaque("one"), AuditData.Empty, now, now),
            TestContext.Current.CancellationToken
        );
    }

    private Task<int> RunAsync() => deliverer.RunAsync(TestContext.Current.CancellationToken);

    private async Task<WebhookDelivery> DeliveryAsync() =>
        (await webhooks.ListOfAsync(webhook.Id, 10, TestContext.Current.CancellationToken)).Single();

    private async Task CommitAsync(params Statement[] statements) =>
        (await store.CommitAsync(store.Decide(null, statements))).IsCommitted.ShouldBeTrue();
}
