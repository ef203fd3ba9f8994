using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Webhooks;

internal static class WebhookOperations
{
    // For no role, because the answer contains a secret: the console shows it once.
    public static readonly Operation Create = Operation
        .Post("create_webhook", "/v1/webhooks", Access.OrganizationAdmin)
        .ForConsole()
        .Describe(
            "Create a webhook",
            "Registers an HTTPS address for notices. The response contains the secret that signs deliveries, once. "
                + "With the format security_event_token, withdrawals of access are sent as tokens of RFC 8417 instead, "
                + "which the key set verifies."
        )
        .Accepts<CreateWebhookRequest>()
        .Returns<WebhookDocument>();

    public static readonly Operation List = Operation
        .Get("list_webhooks", "/v1/webhooks", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe("List webhooks", "The organization's webhooks without their secrets.")
        .Paged()
        .Returns<Page<WebhookDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_webhook", "/v1/webhooks/{webhook_id}", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe("Get a webhook", "One webhook without its secret.")
        .Returns<WebhookDocument>();

    public static readonly Operation ListDeliveries = Operation
        .Get(
            "list_webhook_deliveries",
            "/v1/webhooks/{webhook_id}/deliveries",
            Access.OrganizationAdmin,
            RoleSet.Auditing
        )
        .Describe("List deliveries of a webhook", "The last deliveries with their state, newest first.")
        .Returns<Page<DeliveryDocument>>();

    public static readonly Operation Archive = Operation
        .Post("archive_webhook", "/v1/webhooks/{webhook_id}/archive", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Archive a webhook", "The service stops sending to it, drops unsent messages and deletes the secret.")
        .Returns<WebhookDocument>();

    public static readonly Operation Test = Operation
        .Post("test_webhook", "/v1/webhooks/{webhook_id}/test", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Send a test notice", "Queues a test notice to the webhook. Its result is in the list of deliveries.")
        .Returns<WebhookDocument>();
}
