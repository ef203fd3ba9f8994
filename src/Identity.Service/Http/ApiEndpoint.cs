using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Limits;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// The steps around every handler: 1. limit the source of unauthenticated requests, 2. authenticate, 3. check the scope or
/// role, 4. refuse control characters in parameters, 5. run the handler, 6. write its answer.
/// </summary>
internal sealed class ApiEndpoint(
    Operation operation,
    ApiHandler handler,
    IAuthenticator authenticator,
    SourceLimits limits,
    SecretAlarm secrets
)
{
    private readonly Access access = operation.Access;

    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, Operation operation, ApiHandler handler)
    {
        var endpoint = new ApiEndpoint(
            operation,
            handler,
            routes.ServiceProvider.GetRequiredService<IAuthenticator>(),
            routes.ServiceProvider.GetRequiredService<SourceLimits>(),
            routes.ServiceProvider.GetRequiredService<SecretAlarm>()
        );
        RequestDelegate invoke = endpoint.InvokeAsync;
        return routes
            .MapMethods(operation.Path, [operation.Method], invoke)
            .WithMetadata(
                new ListenerMetadata(operation.Access.Kind == AccessKind.Machine ? Listener.Machine : Listener.Api),
                operation,
                handler,
                // Without a method, the framework's API description omits the endpoint.
                invoke.Method
            );
    }

    private async Task InvokeAsync(HttpContext http)
    {
        var request = new ApiRequest(http);
        await FinishAsync(
            request,
            await AdmitAsync(request, http.RequestAborted) is { } refused
                ? refused
                : await handler(request, http.RequestAborted)
        );
    }

    private async Task FinishAsync(ApiRequest request, ApiAnswer answer)
    {
        if (answer.Refusal is not { } refusal)
        {
            await WriteAsync(request.Http, answer);
            return;
        }

        if (SecretAlarm.Concerns(refusal))
        {
            await secrets.RaiseAsync(request, request.Http.RequestAborted);
        }

        if (
            access.IsRegistration
                ? RequestBody.IsJson(request.Http.Request) && refusal.Code != RequestErrors.NotFound
                : access.IsOAuth && RequestBody.IsForm(request.Http.Request)
        )
        {
            await OAuthErrorBody.WriteAsync(request.Http, refusal);
            return;
        }

        if (access.IsOfSecurityEvents && refusal.Code.SecurityEventError is { } error)
        {
            var document = new SecurityEventErrorDocument { Err = error, Description = refusal.Message };
            await WriteAsync(
                request.Http,
                ApiAnswer.Json(document, SecurityEventErrorJson.Default.SecurityEventErrorDocument, refusal.Code.Status)
            );
            return;
        }

        await ErrorEnvelope.WriteAsync(request.Http, refusal);
    }

    private async ValueTask<Refusal?> AdmitAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        switch (access.Kind)
        {
            case AccessKind.Machine:
                if (
                    await authenticator.AuthenticatePeerAsync(request, access.Role, cancellationToken) is
                    { } refusedPeer
                )
                {
                    return refusedPeer;
                }

                break;
            case AccessKind.Anonymous:
                if ((access.IsOfLists ? limits.Lists : limits.Unauthenticated).TryTake(request.Source) is { } limited)
                {
                    return limited;
                }

                break;
            default:
                if (await AuthenticateAsync(request, cancellationToken) is { } refused)
                {
                    return refused;
                }

                break;
        }

        return ControlCharacters.Find(request.Http);
    }

    private async ValueTask<Refusal?> AuthenticateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (access.AcceptsAssertion && !Credentials.AreMentioned(request.Http))
        {
            // The handler verifies the assertion in the body, or refuses.
            return limits.Unauthenticated.TryTake(request.Source);
        }

        // A source that keeps failing is refused before its next credential is checked.
        var credential = Credentials.Find(request.Http.Request, out _) ?? "";
        if (limits.FailedAuthentication.Check(request.Source, credential) is { } limited)
        {
            return limited;
        }

        var result = await authenticator.AuthenticateAsync(request.Http, cancellationToken);
        if (!result.IsOk)
        {
            // An unavailable store, or a required nonce, is not a failed authentication.
            if (
                result.Refusal.Code is { Status: StatusCodes.Status401Unauthorized } code
                && code != BindingErrors.NonceRefused
            )
            {
                limits.FailedAuthentication.Fail(request.Source, credential);
            }

            return result.Refusal;
        }

        var caller = result.Value;
        limits.FailedAuthentication.Accept(request.Source, credential);
        request.SetCaller(caller);
        if (RoleGate.Admit(caller, operation) is not { } admitted)
        {
            return AuthErrors.Scope.RefuseWithout(access.RequiredScope ?? Scopes.OrganizationAdmin);
        }

        request.SetCaller(admitted);
        return null;
    }

    private static async Task WriteAsync(HttpContext http, ApiAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        if (answer.ContentType is not null)
        {
            http.Response.ContentType = answer.ContentType;
            if (answer.Write is { } write)
            {
                await write(http.Response.Body, http.RequestAborted);
                return;
            }

            http.Response.ContentLength = answer.Body.Length;
            await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
            answer.Owned?.Return();
        }
    }
}
