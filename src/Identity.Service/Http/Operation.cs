using Culvert.Identity.Service.Http.Roles;
using Microsoft.AspNetCore.Http.Metadata;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// The declaration of an API operation. The route, the check of scopes and roles, the description of the API, the console,
/// the status and the search refer to it. Public, because the compiler makes pages public.
/// </summary>
public sealed record Operation
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";

    private Operation(string? id, string method, string path, Access access, IReadOnlyList<AdminRole> roles)
    {
        Id = id;
        Method = method;
        Path = path;
        Access = access;
        Roles = roles;
        Name = CreateName(method, path);
        IsOfConsole = roles.Count > 0;
    }

    /// <summary>
    /// The operation id. Generated clients use it, so it never changes. Null = not in the description of the API.
    /// </summary>
    internal string? Id { get; }

    internal string Method { get; }

    /// <summary>The path template.</summary>
    internal string Path { get; }

    /// <summary>Method and path template, such as <c>POST /v1/tunnels/{tunnel_id}/pause</c>.</summary>
    internal string Name { get; }

    internal Access Access { get; }

    /// <summary>
    /// The roles that may call the operation. Default deny: if there is none, it requires a credential with its scope.
    /// </summary>
    internal IReadOnlyList<AdminRole> Roles { get; }

    /// <summary>Whether the console may call the operation.</summary>
    internal bool IsOfConsole { get; private init; }

    internal string Summary { get; private init; } = "";

    /// <summary>What else a caller must know, in full sentences.</summary>
    internal string Description { get; private init; } = "";

    /// <summary>The names of the query parameters.</summary>
    internal IReadOnlyList<string> Query { get; private init; } = [];

    /// <summary>Null = the operation reads no body.</summary>
    internal OperationBody? Body { get; private init; }

    /// <summary>The responses, without the errors.</summary>
    internal IReadOnlyList<IProducesResponseTypeMetadata> Answers { get; private init; } = [];

    /// <summary>A catch-all parameter is named like any other.</summary>
    internal static string CreateName(string method, string path) =>
        $"{method} {path.Replace("{**", "{", StringComparison.Ordinal)}";

    internal static Operation Get(string id, string path, Access access, IReadOnlyList<AdminRole>? roles = null) =>
        new(id, HttpMethods.Get, path, access, roles ?? []);

    internal static Operation Post(string id, string path, Access access, IReadOnlyList<AdminRole>? roles = null) =>
        new(id, HttpMethods.Post, path, access, roles ?? []);

    internal static Operation Delete(string id, string path, Access access, IReadOnlyList<AdminRole>? roles = null) =>
        new(id, HttpMethods.Delete, path, access, roles ?? []);

    /// <summary>
    /// An operation of a protocol whose standard describes it: not in the description of the API.
    /// </summary>
    internal static Operation OfProtocol(string method, string path, Access access) =>
        new(null, method, path, access, []);

    /// <summary>A file or page for browsers, which needs no credential.</summary>
    internal static Operation GetByBrowser(string path) => new(null, HttpMethods.Get, path, Access.Anonymous, []);

    /// <summary>
    /// Lets the console call an operation that no role allows: sessions of an admin key with its scope may.
    /// </summary>
    internal Operation ForConsole() => this with { IsOfConsole = true };

    internal Operation Describe(string summary, string description) =>
        this with
        {
            Summary = summary,
            Description = description,
        };

    internal Operation WithQuery(params IReadOnlyList<string> query) => this with { Query = query };

    /// <summary>A list in pages, with the parameters that all such lists have.</summary>
    internal Operation Paged(params IReadOnlyList<string> query) =>
        WithQuery([.. query, "include_archived", "limit", "page"]);

    internal Operation Accepts<T>() => With(new OperationBody(typeof(T), IsOptional: false, [Json]));

    internal Operation MayTake<T>() => With(new OperationBody(typeof(T), IsOptional: true, [Json]));

    internal Operation AcceptsForm<T>() => With(new OperationBody(typeof(T), IsOptional: false, [Form]));

    internal Operation AcceptsJsonOrForm<T>() => With(new OperationBody(typeof(T), IsOptional: false, [Json, Form]));

    internal Operation AcceptsBytes(string contentType) =>
        With(new OperationBody(typeof(Stream), IsOptional: false, [contentType]));

    internal Operation Returns<T>(string contentType = Json, int status = StatusCodes.Status200OK) =>
        With(new ProducesResponseTypeMetadata(status, typeof(T), [contentType]));

    internal Operation Returns(int status) => With(new ProducesResponseTypeMetadata(status, typeof(void)));

    /// <summary>Two declarations of one method and path are equal, so that only one of them can be mapped.</summary>
    public bool Equals(Operation? other) => Name == other?.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;

    private Operation With(OperationBody body) => this with { Body = body };

    private Operation With(ProducesResponseTypeMetadata answer) => this with { Answers = [.. Answers, answer] };
}
