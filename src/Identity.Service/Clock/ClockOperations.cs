using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Clock;

internal static class ClockOperations
{
    public static readonly Operation Get = Operation
        .Get("get_clock", "/v1/clock", Access.InstallationOperate)
        .Describe(
            "Get the state of the clock",
            "The state of this node's clock. After a step the node signs nothing until an operator confirms the clock."
        )
        .Returns<ClockDocument>();

    public static readonly Operation Confirm = Operation
        .Post("confirm_clock", "/v1/clock/confirm", Access.InstallationOperate)
        .Describe("Confirm the clock", "Confirms that the current time is correct. The node signs again from then on.")
        .Returns<ClockDocument>();
}
