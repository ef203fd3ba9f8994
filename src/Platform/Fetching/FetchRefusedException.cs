namespace Culvert.Platform.Fetching;

/// <summary>A refusal on its way through a library that knows only exceptions.</summary>
/// <param name="detail">One sentence for the operator, without anything that the server sent.</param>
public sealed class FetchRefusedException(string detail) : HttpRequestException(detail);
