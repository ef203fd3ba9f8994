using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Webhooks;

namespace Culvert.Identity.Service.Certificates.Notices;

/// <summary>The doors of notices and webhooks.</summary>
internal static class NoticeRegistration
{
    public static IServiceCollection AddNotices(this IServiceCollection services) =>
        services
            .AddSingleton<INoticeStore, NoticeStore>()
            .AddSingleton<IWebhookStore, WebhookStore>()
            .AddSingleton<IWebhookSender, WebhookSender>()
            .AddSingleton<WebhookQueue>()
            .AddSingleton<ExpiryNotices>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<ExpiryNotices>())
            .AddSingleton<WebhookDeliverer>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<WebhookDeliverer>())
            .AddSingleton<WebhookEndpoints>();

    public static void MapNotices(this ApiHost host)
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
