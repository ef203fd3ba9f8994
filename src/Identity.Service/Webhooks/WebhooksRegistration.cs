using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;

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
            .AddSingleton<WebhookDeliverer>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<WebhookDeliverer>())
            .AddSingleton<WebhookEndpoints>();

    public static void MapWebhooks(this ApiHost host)
    {
        var access = Access.Scope(Scopes.OrganizationAdmin);
        var webhooks = host.Services.GetRequiredService<WebhookEndpoints>();
        host.Post("/v1/webhooks", access, webhooks.CreateAsync);
        host.Get("/v1/webhooks", access, webhooks.ListAsync);
        host.Get("/v1/webhooks/{webhook_id}", access, webhooks.RetrieveAsync);
        host.Get("/v1/webhooks/{webhook_id}/deliveries", access, webhooks.DeliveriesAsync);
        host.Post("/v1/webhooks/{webhook_id}/archive", access, webhooks.ArchiveAsync);
        host.Post("/v1/webhooks/{webhook_id}/test", access, webhooks.TestAsync);
    }
}
