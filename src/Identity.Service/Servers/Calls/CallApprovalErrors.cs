using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Servers.Calls;

internal static class CallApprovalErrors
{
    public static readonly ErrorCode TooMany = new(
        "approvals.too_many",
        429,
        "Too many requests for approval are pending.",
        "The tunnel has 1,000 pending requests, or the caller of the call has 100.",
        "Decide the pending requests, or wait until they expire."
    );

    public static readonly ErrorCode Decided = new(
        "approvals.decided",
        409,
        "The request for approval is decided.",
        "It was approved, rejected or used before; details.state is its state.",
        "List the requests again. A call that was rejected can be requested again after the expiry."
    );

    public static readonly ErrorCode Expired = new(
        "approvals.expired",
        409,
        "The request for approval has expired.",
        "No person decided it in the time that the rule allows.",
        "Have the call repeated: that makes a new request."
    );

    public static readonly ErrorCode SamePerson = new(
        "approvals.same_person",
        403,
        "A second person must approve the call.",
        "The rule demands two different people, and the caller has approved already.",
        "Ask another person to approve. Two keys of the same person count once."
    );

    public static readonly ErrorCode OwnCall = new(
        "approvals.own_call",
        403,
        "Another person must approve the call.",
        "The call was made in the name of the person who approves it.",
        "Ask another person. If the installation has one person only, set certificates.approval: single."
    );

    public static readonly ErrorCode Repeated = new(
        "approvals.repeated",
        409,
        "The signed message was used before.",
        "Another message of the webhook had the same webhook-id, or the sender repeated a message whose answer it missed.",
        "Retrieve the request for its state. Give each message an id of its own."
    );
}
