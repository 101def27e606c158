/** The environment variable that holds the configurations as JSON, with the names that the deployment has given. */
export const SERVICES_VARIABLE = 'LONGSHORE_SERVICES'
