using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Webhooks;

internal static class WebhooksRegistration
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services) =>
        services
            .AddSingleton<WebhookStore>()
            .AddSingleton<MailNotices>()
            .AddSingleton<IWebhookSender, WebhookSender>()
            .AddSingleton<SignedMessages>()
            .AddSingleton<WebhookQueue>()
            .AddSingleton<INoticeOutbox>(provider => provider.GetRequiredService<WebhookQueue>())
            .AddSingleton<WebhookSigner>()
            .AddSingleton<WebhookDeliverer>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<WebhookDeliverer>())
            .AddSingleton<WebhookEndpoints>();

    public static void MapWebhooks(this ApiHost host)
    {
        var webhooks = host.Services.GetRequiredService<WebhookEndpoints>();
        host.Map(WebhookOperations.Create, webhooks.CreateAsync);
        host.Map(WebhookOperations.List, webhooks.ListAsync);
        host.Map(WebhookOperations.Get, webhooks.RetrieveAsync);
        host.Map(WebhookOperations.ListDeliveries, webhooks.DeliveriesAsync);
        host.Map(WebhookOperations.Archive, webhooks.ArchiveAsync);
        host.Map(WebhookOperations.Test, webhooks.TestAsync);
    }
}
