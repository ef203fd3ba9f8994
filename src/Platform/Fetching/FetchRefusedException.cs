namespace Culvert.Platform.Fetching;

/// <summary>A refusal as an exception, for libraries that support nothing else.</summary>
/// <param name="detail">One sentence for the operator, without anything that the server sent.</param>
public sealed class FetchRefusedException(string detail) : HttpRequestException(detail);
