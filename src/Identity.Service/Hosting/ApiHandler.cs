namespace Culvert.Identity.Service.Hosting;

/// <summary>An endpoint's body: bound input → authorize → validate → answer.</summary>
internal delegate ValueTask<ApiAnswer> ApiHandler(ApiRequest request, CancellationToken cancellationToken);
