using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>A body or the reason why it was refused: exactly one of both is set.</summary>
internal readonly record struct BodyResult<T>(T? Value, Refusal? Refusal)
    where T : class;
