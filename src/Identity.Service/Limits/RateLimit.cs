namespace Culvert.Identity.Service.Limits;

/// <summary>So many in so much time, written <c>50/1s</c>.</summary>
internal sealed record RateLimit(int Count, TimeSpan Per);
