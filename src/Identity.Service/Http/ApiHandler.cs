namespace Culvert.Identity.Service.Http;

internal delegate ValueTask<ApiAnswer> ApiHandler(ApiRequest request, CancellationToken cancellationToken);
