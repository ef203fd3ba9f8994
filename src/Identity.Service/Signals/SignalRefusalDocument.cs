using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Signals;

/// <param name="ErrorCode">The code of the refusal, such as <c>signals.invalid_audience</c>.</param>
internal sealed record SignalRefusalDocument(
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset RefusedAt,
    string ErrorCode,
    string Detail
);
