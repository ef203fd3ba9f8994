using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>
/// The error codes of each operation. A test derives <c>refusals.json</c> from the handlers' code and fails if the file is
/// out of date.
/// </summary>
internal sealed class OperationRefusals
{
    private const string Resource = "refusals.json";

    private readonly Dictionary<string, ErrorCode> catalogue = ErrorCatalogue
        .All()
        .DistinctBy(code => code.Code)
        .ToDictionary(code => code.Code, StringComparer.Ordinal);

    private readonly Dictionary<string, string[]> codes = Read();

    public IReadOnlyList<ErrorCode> GetErrors(string operation) =>
        [.. codes.GetValueOrDefault(operation, []).Select(code => catalogue[code])];

    public static IEnumerable<ErrorCode> OfEvery(Access access) =>
        access.Kind switch
        {
            AccessKind.Anonymous => [RequestErrors.RateLimited, RequestErrors.Internal],
            AccessKind.Machine =>
            [
                AuthErrors.Peer,
                AuthErrors.PeerExpired,
                AuthErrors.PeerRevoked,
                RequestErrors.Internal,
            ],
            AccessKind.Scope =>
            [
                AuthErrors.Missing,
                AuthErrors.Invalid,
                AuthErrors.KeyExpired,
                AuthErrors.KeyRevoked,
                AuthErrors.Scope,
                RequestErrors.RateLimited,
                RequestErrors.Internal,
            ],
            _ =>
            [
                AuthErrors.Missing,
                AuthErrors.Invalid,
                AuthErrors.KeyExpired,
                AuthErrors.KeyRevoked,
                RequestErrors.RateLimited,
                RequestErrors.Internal,
            ],
        };

    private static Dictionary<string, string[]> Read()
    {
        using var stream =
            typeof(OperationRefusals).Assembly.GetManifestResourceStream(typeof(OperationRefusals), Resource)
            ?? throw new InvalidOperationException($"{Resource} is not part of this program.");
        return JsonSerializer.Deserialize<Dictionary<string, string[]>>(stream)!;
    }
}
