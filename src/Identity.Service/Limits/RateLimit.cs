namespace Culvert.Identity.Service.Limits;

/// <summary>A count per time span, written <c>50/1s</c>.</summary>
internal sealed record RateLimit(int Count, TimeSpan Per);
