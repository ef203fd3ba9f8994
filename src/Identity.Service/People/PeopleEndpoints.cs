using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.People;

/// <summary><c>/v1/people</c>: off-boarding by administrators.</summary>
internal sealed class PeopleEndpoints(OffBoarder offBoarder, TokenRevocationStore revocations, TimeProvider time)
{
    private const string ListName = "off_boarded_people";

    public async ValueTask<ApiAnswer> OffBoardAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(PeopleJson.Default.OffBoardPersonRequest, cancellationToken);
        if (!body.TryGet(out var wish, out var refusal))
        {
            return refusal;
        }

        if (FindRefusal(wish) is { } malformed)
        {
            return malformed;
        }

        var person = new PersonKey(request.Caller.OrganizationId, wish.IssuerId, wish.Subject);
        var result = await offBoarder.OffBoardAsync(
            request.Cause,
            new OffBoardingRequest(person, OffBoardingSource.Operator, wish.Reason)
            {
                IssuedBefore = wish.IssuedBefore,
            },
            cancellationToken
        );
        return result.TryGet(out var done, out refusal)
            ? ApiAnswer.Json(OffBoardingDocument.From(done, person), PeopleJson.Default.OffBoardingDocument)
            : refusal;
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, ListName).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var found = await revocations.ListAsync(
            request.Caller.OrganizationId,
            page,
            time.GetUtcNow(),
            cancellationToken,
            RevocationKind.Subject
        );
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => OffBoardedPersonDocument.From(row.Value)),
            PeopleJson.Default.PageOffBoardedPersonDocument
        );
    }

    private Refusal? FindRefusal(OffBoardPersonRequest wish) =>
        ReasonRequest.CheckRequired(wish.Reason)
        ?? (
            wish.Subject.Length is 0 or > CreateRevocationRequest.MaxSubjectLength
                ? RequestErrors.Invalid.Refuse(
                    $"subject: 1 to {CreateRevocationRequest.MaxSubjectLength} characters are required."
                )
            : wish.IssuedBefore > time.GetUtcNow()
                ? RequestErrors.Invalid.Refuse(
                    "issued_before: a time in the future would revoke tokens not yet issued; disable the person at the "
                        + "identity provider instead."
                )
            : null
        );
}
