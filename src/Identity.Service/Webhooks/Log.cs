using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Webhooks;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.WebhookNotDelivered,
        LogLevel.Warning,
        "Message {Message} to webhook {Webhook}: attempt {Attempt} failed: {Reason}"
    )]
    public static partial void WebhookNotDelivered(
        ILogger logger,
        string message,
        string webhook,
        int attempt,
        string reason
    );

    [LoggerMessage(EventIds.WebhooksFailed, LogLevel.Error, "Sending messages to webhooks failed; retrying")]
    public static partial void WebhooksFailed(ILogger logger, Exception fault);
}
