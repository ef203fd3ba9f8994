using System.Text;
using Culvert.Platform.Net;

namespace Culvert.Machine.Client.Calls;

/// <summary>Why a call failed, for the operator. Never contains a token.</summary>
public sealed record ApiFailure
{
    public required ApiFailureKind Kind { get; init; }

    /// <summary>Method and path, or another name of the attempted operation.</summary>
    public required string Operation { get; init; }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>The service's stable code, such as <c>enrolment.method</c>; null when the answer has none.</summary>
    public string? Code { get; init; }

    /// <summary>The class of the error, such as <c>permission_error</c>; null when the answer has none.</summary>
    public string? Type { get; init; }

    /// <summary>The service's id of the request, for its logs and history.</summary>
    public string? RequestId { get; init; }

    /// <summary>For people. One line.</summary>
    public required string Message { get; init; }

    /// <summary>With <see cref="ApiFailureKind.Unreachable"/>: how the connection failed.</summary>
    public ConnectCause Cause { get; init; }

    /// <summary>How long the service asks the client to wait; null when it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The page where a person removes the cause (<c>details.connect_url</c>); null when there is none.</summary>
    public Uri? ConnectUrl { get; init; }

    /// <summary>Whether the same request may succeed later without a change.</summary>
    public bool IsTransient => Kind is not (ApiFailureKind.Refused or ApiFailureKind.Malformed);

    /// <summary>Whether the request may have been carried out. A repeat has the same <c>Idempotency-Key</c>.</summary>
    public bool IsUndecided => IsTransient || IsPending;

    /// <summary>Whether the first request with that <c>Idempotency-Key</c> is still running.</summary>
    public bool IsPending => Code == "idempotency.pending";

    public override string ToString()
    {
        var text = new StringBuilder(Operation).Append(": ");
        if (Status is { } status)
        {
            text.Append(status).Append(' ');
        }

        if (Code is { } code)
        {
            text.Append(code).Append(' ');
        }

        text.Append(Message);
        return RequestId is { } id ? text.Append(" (").Append(id).Append(')').ToString() : text.ToString();
    }
}
