namespace Culvert.Identity.Service.Http;

/// <summary>An endpoint's body: bound input → authorize → validate → answer.</summary>
internal delegate ValueTask<ApiAnswer> ApiHandler(ApiRequest request, CancellationToken cancellationToken);
