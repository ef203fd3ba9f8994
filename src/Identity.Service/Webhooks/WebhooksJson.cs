using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Webhooks;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(CreateWebhookRequest))]
[JsonSerializable(typeof(WebhookDocument))]
[JsonSerializable(typeof(WebhookListDocument))]
[JsonSerializable(typeof(DeliveryListDocument))]
internal sealed partial class WebhooksJson : JsonSerializerContext;
