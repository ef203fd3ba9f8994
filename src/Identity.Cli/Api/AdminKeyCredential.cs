namespace Culvert.Identity.Cli.Api;

internal sealed class AdminKeyCredential(string? file) : ICredential
{
    private readonly System.Net.Http.Headers.AuthenticationHeaderValue key = AdminKey.Read(file);

    public string Kind => $"admin key of {file}";

    public Task ProveAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        request.Headers.Authorization = key;
        return Task.CompletedTask;
    }

    public bool Learn(HttpResponseMessage answer) => false;
}
