using System.Diagnostics.CodeAnalysis;

namespace Culvert.Machine.Client.Calls;

public sealed record ApiResult<T>
    where T : class
{
    private ApiResult() { }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsSuccess => Failure is null;

    public T? Value { get; private init; }

    public ApiFailure? Failure { get; private init; }

    public static implicit operator ApiResult<T>(T value) => new() { Value = value };

    public static implicit operator ApiResult<T>(ApiFailure failure) => new() { Failure = failure };

    // The value may hold a token.
    public override string ToString() => Failure?.ToString() ?? "success";
}
