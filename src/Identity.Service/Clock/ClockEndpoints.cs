using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Clock;

internal sealed class ClockEndpoints(ClockGuard guard, IJournal journal)
{
    public ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) => new(Answer());

    public async ValueTask<ApiAnswer> ConfirmAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var before = guard.Status();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ClockEvents.Confirmed(AuditOrigin.Of(request, before.Now), before.Now - before.Expected),
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        guard.Confirm();
        return Answer();
    }

    private ApiAnswer Answer()
    {
        var status = guard.Status();
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "clock");
            json.WriteBoolean("trusted", status.IsTrusted);
            json.WriteString("now", UtcTimeConverter.Format(status.Now));
            json.WriteString("expected", UtcTimeConverter.Format(status.Expected));
            json.WriteNumber("step_seconds", (long)(status.Now - status.Expected).TotalSeconds);
            json.WriteString("alarmed_at", status.AlarmedAt is { } at ? UtcTimeConverter.Format(at) : null);
            json.WriteEndObject();
        }

        return ApiAnswer.Raw(buffer.WrittenMemory, "application/json");
    }
}
